import type { StoredRow } from '../../lambdas/domain/audit-record.ts';

/** Rows of an audit log that have everything a reader may stumble over, in the order of recording. */
export const sampleRows: readonly StoredRow[] = [
  {
    recordedAt: '2026-11-22T08:00:01.120Z#01',
    date: '2026-11-22T08:00:01.120Z',
    email: 'eva@example.com',
    action: 'Signed in',
    actionId: 'signin_1',
    description: 'Eva signed in with Firefox 144',
    ipAddress: '203.0.113.7',
  },
  {
    recordedAt: '2026-11-22T08:00:02.000Z#02',
    date: '2026-11-22T08:00:02.000Z',
    email: 'mallory@example.net',
    action: 'Sign-in failed',
    actionId: 'signin_2',
    description: 'Wrong password for "mallory"',
    ipAddress: '2001:db8::7',
  },
  {
    recordedAt: '2026-11-22T08:15:30.500Z#03',
    date: '2026-11-22T08:15:30.500Z',
    email: 'eva@example.com',
    action: 'Changed role of a member',
    actionId: 'role_3',
    description: 'Jürgen Groß 山田 🚀 became owner\\admin,\nby Eva\u2028today',
    ipAddress: null,
  },
  {
    recordedAt: '2026-11-22T09:00:00.000Z#04',
    date: '2026-11-22T09:00:00.000Z',
    email: 'ops@example.com',
    action: 'Recalibrated flux',
    actionId: 'flux_4',
    description: 'No rule matches this action',
    ipAddress: '198.51.100.23',
  },
  {
    recordedAt: '2026-11-22T09:30:00.001Z#05',
    date: '2026-11-22T09:30:00.001Z',
    email: null,
    action: 'Purged trash',
    actionId: 'purge_5',
    description: '41 documents were removed for good',
    ipAddress: null,
  },
  {
    recordedAt: '2026-11-22T10:00:00.000Z#06',
    date: '2026-11-22T10:00:00.000Z',
    email: 'eva@example.com',
    action: 'Edited document',
    actionId: 'edit_6',
    // With the rest of its line almost 1 MB.
    description: 'a long text '.repeat(83_000),
    ipAddress: '203.0.113.7',
  },
  {
    recordedAt: '2026-11-22T11:59:59.999Z#07',
    date: '2026-11-22T11:59:59.999Z',
    email: 'eva@example.com',
    action: 'Signed out',
    actionId: 'signout_7',
    description: 'Eva signed out',
    ipAddress: 'not an address',
  },
];
