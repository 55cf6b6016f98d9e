import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createAccountIndex,
  createAccountReader,
  createAccountScan,
} from '../../lambdas/aws/account-table.ts';
import { createDispatchState } from '../../lambdas/aws/dispatch-state.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';

const india = Array.from({ length: 25 }, (_, index) => ({
  accountId: `in-${index}`,
  timeZone: 'Asia/Kolkata',
}));
const records = [
  ...india,
  { accountId: 'ünï/🚀', timeZone: 'UTC', destination: { type: 's3', bucket: 'b' } },
];

describe('the table of accounts', () => {
  let tables: DynamodbTables;
  let tableName: string;

  beforeAll(async () => {
    tables = await startTables();
    tableName = await tables.create({
      partition: 'accountId',
      index: { name: 'zones', partition: 'timeZone' },
    });
    for (const record of records)
      await tables.client.send(new PutItemCommand({ TableName: tableName, Item: marshall(record) }));
  });
  afterAll(() => tables?.close());

  it('gives a record as it was put', async () => {
    const odd = {
      accountId: 'odd',
      timeZone: 'UTC',
      bytes: new Uint8Array([1, 2, 255]),
      nested: { set: new Set(['a', 'b']), list: [1, null, true, { deep: 'ü"\n' }] },
    };
    await tables.client.send(new PutItemCommand({ TableName: tableName, Item: marshall(odd) }));
    const accounts = createAccountReader({ client: tables.client, tableName });
    expect(await accounts.read('ünï/🚀')).toEqual(records.at(-1));
    expect(await accounts.read('odd')).toEqual(odd);
    expect(await accounts.read('nobody')).toBeUndefined();
  });

  it('finds the accounts of one time zone', async () => {
    const index = createAccountIndex({ client: tables.client, tableName, indexName: 'zones' });
    const found = await Array.fromAsync(index.accountIdsIn('Asia/Kolkata'));
    expect(found.flat().toSorted()).toEqual(india.map(({ accountId }) => accountId).toSorted());
    expect((await Array.fromAsync(index.accountIdsIn('Asia/Calcutta'))).flat()).toEqual([]);
  });

  it('gives every record to the watchdog', async () => {
    const found = await Array.fromAsync(createAccountScan({ client: tables.client, tableName }).records());
    expect(found.flat()).toHaveLength(records.length + 1);
  });
});

describe('what the dispatcher remembers', () => {
  let tables: DynamodbTables;

  beforeAll(async () => {
    tables = await startTables();
  });
  afterAll(() => tables?.close());

  it('is the latest completed tick: a late tick does not turn it back', async () => {
    const tableName = await tables.create({ partition: 'name' });
    const state = createDispatchState({ client: tables.client, tableName });
    expect(await state.completedTick()).toBeUndefined();
    await state.completeTick(2_000);
    await state.completeTick(1_000);
    await state.completeTick(2_000);
    expect(await state.completedTick()).toBe(2_000);
  });
});
