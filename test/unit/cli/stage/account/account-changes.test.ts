import { expect, test } from 'vitest';
import {
  type AccountChange,
  createAnnouncer,
  describeUnsent,
} from '../../../../../cli/stage/account/account-changes.ts';

const now = async () => Date.UTC(2026, 10, 27);
const readCaller = async () => 'arn:aws:iam::111122223333:user/eva';
const put = async () => undefined;

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
};

/** The details of the events for some changes. */
async function sent(...changes: readonly AccountChange[]) {
  const details: object[] = [];
  const keep = async (_type: string, detail: object) => void details.push(detail);
  const announcer = createAnnouncer({ put: keep, readCaller, now });
  const announce = await announcer.begin();
  for (const change of changes) await announce(change);
  expect(announcer.unsent.size).toBe(0);
  return details;
}

const who = { changedBy: 'arn:aws:iam::111122223333:user/eva', changedAt: '2026-11-27T00:00:00.000Z' };

test('an event says what was made of an account, by whom and when', async () => {
  const moved = { ...record, destination: { type: 'gcs', bucket: 'acme-logs' } };
  expect(
    await sent(
      { after: record, secretStored: true },
      { before: record, after: moved },
      { before: moved, after: moved, secretStored: true },
      { before: moved },
    ),
  ).toEqual([
    {
      accountId: 'acme',
      change: 'added',
      attributes: [...Object.keys(record), 'secret'],
      to: 'gcs://acme-audit',
      ...who,
    },
    {
      accountId: 'acme',
      change: 'changed',
      attributes: ['destination'],
      from: 'gcs://acme-audit',
      to: 'gcs://acme-logs',
      ...who,
    },
    {
      accountId: 'acme',
      change: 'changed',
      attributes: ['secret'],
      from: 'gcs://acme-logs',
      to: 'gcs://acme-logs',
      ...who,
    },
    { accountId: 'acme', change: 'removed', attributes: [], from: 'gcs://acme-logs', ...who },
  ]);
});

test('what changes nothing is no event', async () => {
  expect(await sent({ before: record, after: { ...record } })).toEqual([]);
});

test('an event holds no value of a record with faults, and no name that could be one', async () => {
  const before = { accountId: 'acme' };
  const after = {
    accountId: 'acme',
    secretId: 'AKIA0123456789ABCDEF',
    destination: { bucket: 'wJalrXUtnFEMI' },
    AKIA0123456789ABCDEF: 'wJalrXUtnFEMI',
    plan: 'gold',
  };
  expect(await sent({ before, after })).toEqual([
    { accountId: 'acme', change: 'changed', attributes: ['secretId', 'destination', 'other'], ...who },
  ]);
});

const denied = () => Promise.reject(new Error('events:PutEvents is denied'));

test.each([
  ['the bus', { put: denied, readCaller, now }],
  ['STS', { put, readCaller: denied, now }],
  ['the clock', { put, readCaller, now: denied }],
])('where %s fails, a change is no failure, and it is known which events are missing', async (_, options) => {
  const announcer = createAnnouncer(options);
  const announce = await announcer.begin();
  await announce({ before: record });
  await announce({ before: record, after: record });
  await announce({ after: { ...record, accountId: 'glo\u001bbex' } });
  expect(describeUnsent(announcer.unsent)).toEqual([
    'siem-export: these accounts were changed, but their event "Account Changed" could not be sent: events:PutEvents is denied',
    '  "acme"',
    '  "glo\\u001bbex"',
  ]);
});

test('who makes the changes is asked once, before the first of them', async () => {
  let asked = 0;
  const announcer = createAnnouncer({ put, now, readCaller: async () => `caller ${++asked}` });
  expect(asked).toBe(0);
  await announcer.begin();
  expect(asked).toBe(1);
  await (await announcer.begin())({ before: record });
  expect(asked).toBe(1);
});
