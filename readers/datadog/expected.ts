import type { KitInput } from '../kit.ts';
import type { ReaderEvent } from '../model.ts';

/** The file that a record of the sample is in, with the end of its name. */
const key = (time: string, suffix: string) =>
  `vendors/siem/audit/bcO8bGxlci9zw7ZobmU/audit_bcO8bGxlci9zw7ZobmU_${time}${suffix}`;

/**
 * The logs of `sampleRows` in Datadog. The sixth row is missing: it has almost 1 MB, and both the forwarder (512,000
 * bytes) and the function for Azure (256,000 bytes) drop it without an error.
 */
export function expected({ source, compression }: KitInput): readonly ReaderEvent[] {
  const suffix = compression === 'gzip' ? '.json.gz' : '.json';
  const origin = (time: string) =>
    source.type === 's3' ? { 'aws.s3.bucket': 'mueller-audit', 'aws.s3.key': key(time, suffix) } : {};
  const first = { source: 'siem-export', service: 'siem-export', ...origin('20261122T120000Z') };
  const third = { source: 'siem-export', service: 'siem-export', ...origin('20261122T200000Z') };
  return [
    {
      ...first,
      date: '2026-11-22T08:00:01.120Z',
      message: 'Eva signed in with Firefox 144',
      'usr.email': 'eva@example.com',
      'evt.name': 'Signed in',
      'evt.id': 'signin_1',
      'evt.outcome': 'success',
      'network.client.ip': '203.0.113.7',
      'audit.rule': 'rule-1',
      'audit.verb': 'login',
    },
    {
      ...first,
      date: '2026-11-22T08:00:02.000Z',
      message: 'Wrong password for "mallory"',
      'usr.email': 'mallory@example.net',
      'evt.name': 'Sign-in failed',
      'evt.id': 'signin_2',
      'evt.outcome': 'failure',
      'network.client.ip': '2001:db8::7',
      'audit.rule': 'rule-2',
      'audit.verb': 'login',
    },
    {
      ...first,
      date: '2026-11-22T08:15:30.500Z',
      message: 'Jürgen Groß 山田 🚀 became owner\\admin,\nby Eva\u2028today',
      'usr.email': 'eva@example.com',
      'evt.name': 'Changed role of a member',
      'evt.id': 'role_3',
      'evt.outcome': 'success',
      'audit.rule': 'rule-6',
      'audit.verb': 'permission',
    },
    {
      ...first,
      date: '2026-11-22T09:00:00.000Z',
      message: 'No rule matches this action',
      'usr.email': 'ops@example.com',
      'evt.name': 'Recalibrated flux',
      'evt.id': 'flux_4',
      'evt.outcome': 'unknown',
      'network.client.ip': '198.51.100.23',
      'audit.rule': 'no-rule',
      'audit.verb': 'other',
    },
    {
      ...third,
      date: '2026-11-22T09:30:00.001Z',
      message: '41 documents were removed for good',
      'evt.name': 'Purged trash',
      'evt.id': 'purge_5',
      'evt.outcome': 'success',
      'audit.rule': 'rule-8',
      'audit.verb': 'delete',
    },
    {
      ...third,
      date: '2026-11-22T11:59:59.999Z',
      message: 'Eva signed out',
      'usr.email': 'eva@example.com',
      'evt.name': 'Signed out',
      'evt.id': 'signout_7',
      'evt.outcome': 'success',
      'network.client.ip': 'not an address',
      'audit.rule': 'rule-3',
      'audit.verb': 'logout',
    },
  ];
}
