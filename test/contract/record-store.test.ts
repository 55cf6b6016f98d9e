import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createRecordStore, type RecordStore } from '../../cli/stage/account/record-store.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
};
const moved = { ...record, destination: { type: 'gcs', bucket: 'acme-logs' } };

let tables: DynamodbTables;
let records: RecordStore;
/** How many answers to writes are lost from now on: the SDK sends those writes again. */
let lost = 0;
/** What happens between a write whose answer is lost and the next try. */
let meanwhile: () => Promise<unknown> = async () => undefined;

beforeAll(async () => {
  tables = await startTables();
  tables.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        const answer = await next(args);
        if (lost === 0 || !/^(?:Update|Delete)Item/.test(commandName)) return answer;
        lost--;
        await meanwhile();
        throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET', $retryable: {} });
      },
    { step: 'deserialize', priority: 'high', name: 'loseAnswers' },
  );
  records = createRecordStore({
    client: tables.client,
    tableName: await tables.create({ partition: 'accountId' }),
  });
});
afterAll(() => tables?.close());

beforeEach(async () => {
  lost = 0;
  meanwhile = async () => undefined;
  await records.remove('acme');
  await records.create(record);
});

/** What comes of a write whose first answer is lost. */
async function unheard<Outcome>(
  write: () => Promise<Outcome>,
  others: () => Promise<unknown> = async () => undefined,
) {
  lost = 1;
  meanwhile = others;
  const outcome = await write();
  expect(lost).toBe(0);
  return outcome;
}

test('a change whose answer is lost is made', async () => {
  expect(await unheard(() => records.change(record, moved))).toBe(true);
  expect(await records.read('acme')).toEqual(moved);
});

test.each([
  ['changed', () => records.setStatus('acme', 'paused'), { ...moved, status: 'paused' }],
  ['removed', () => records.remove('acme'), undefined],
] as const)(
  'a change whose answer is lost is not, once somebody has %s the account',
  async (_, others, now) => {
    expect(await unheard(() => records.change(record, moved), others)).toBe(false);
    expect(await records.read('acme')).toEqual(now);
  },
);

test('a change whose answer is lost is not made any more, once somebody has changed what no export follows', async () => {
  const gold = { ...moved, plan: 'gold' };
  const silver = () => records.change(gold, { ...gold, plan: 'silver' });
  expect(await unheard(() => records.change(record, gold), silver)).toBe(false);
  expect(await records.read('acme')).toEqual({ ...moved, plan: 'silver' });
});

test('an account that is taken back, and the answer lost, is gone', async () => {
  expect(await unheard(() => records.removeIfStill(record))).toBe(true);
  expect(await records.read('acme')).toBeUndefined();
});

test('an account that somebody has added again since it was taken back is theirs', async () => {
  const added = () => records.create(moved);
  expect(await unheard(() => records.removeIfStill(record), added)).toBe(false);
  expect(await records.read('acme')).toEqual(moved);
});

test('a pause and a removal may be sent again', async () => {
  expect(await unheard(() => records.setStatus('acme', 'paused'))).toBe(true);
  expect(await records.read('acme')).toEqual({ ...record, status: 'paused' });
  await unheard(() => records.remove('acme'));
  expect(await records.read('acme')).toBeUndefined();
});
