import { BatchGetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccountReader } from '../../lambdas/aws/account-reader.ts';
import { createLedger } from '../../lambdas/aws/ledger.ts';
import { createSilences } from '../../lambdas/aws/silences.ts';
import { noSilences } from '../../lambdas/domain/silence.ts';
import type { AccountReader } from '../../lambdas/exporter/ports.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';

const odd = {
  accountId: 'ünï/🚀',
  timeZone: 'UTC',
  bytes: new Uint8Array([1, 2, 255]),
  nested: { set: new Set(['a', 'b']), list: [1, null, true, { deep: 'ü"\n' }] },
};
const start = Date.parse('2026-11-22T04:00:00Z');

describe('all that stands about an account', () => {
  let tables: DynamodbTables;
  let names: { accountsTable: string; ledgerTable: string; dispatchStateTable: string };
  let accounts: AccountReader;

  beforeAll(async () => {
    tables = await startTables();
    names = {
      accountsTable: await tables.create({ partition: 'accountId' }),
      ledgerTable: await tables.create({ partition: 'accountId', sort: 'entry' }),
      dispatchStateTable: await tables.create({ partition: 'name' }),
    };
    accounts = createAccountReader({ client: tables.client, ...names, pause: async () => undefined });
    await tables.client.send(new PutItemCommand({ TableName: names.accountsTable, Item: marshall(odd) }));
  });
  afterAll(() => tables?.close());

  it('is its record as it was put, its cursor, and where clouds are silent', async () => {
    const ledger = createLedger({ client: tables.client, tableName: names.ledgerTable });
    const cursor = await ledger.createCursor(odd.accountId, start);
    const silences = createSilences(tables.client, names.dispatchStateTable);
    const silence = { asked: start, ended: start + 5000 };
    await silences.noteSilence({ bucket: 'gcs://another', region: 'gcs' }, silence, noSilences);
    expect(await accounts.read(odd.accountId)).toEqual({
      record: odd,
      cursor,
      silences: { ...noSilences, buckets: new Map([['gcs://another', { region: 'gcs', ...silence }]]) },
    });
  });

  it('is nothing for an account that nobody knows', async () => {
    expect(await accounts.read('nobody')).toMatchObject({ record: undefined, cursor: undefined });
  });

  it('is asked for again where DynamoDB leaves a part unread: what is unread is not what does not exist', async () => {
    const cursor = await createLedger({ client: tables.client, tableName: names.ledgerTable }).createCursor(
      odd.accountId,
      start,
    );
    for (const unread of [[names.accountsTable], [names.ledgerTable], Object.values(names)]) {
      let requests = 0;
      const send = tables.client.send.bind(tables.client) as (
        command: BatchGetItemCommand,
      ) => Promise<{ Responses?: object }>;
      const client = Object.assign(Object.create(tables.client), {
        async send(command: BatchGetItemCommand) {
          if (requests++ > 0) return send(command);
          const all = command.input.RequestItems ?? {};
          const [read, left] = [false, true].map(isLeft =>
            Object.fromEntries(Object.entries(all).filter(([table]) => unread.includes(table) === isLeft)),
          );
          const { Responses = {} } = Object.keys(read ?? {}).length
            ? await send(new BatchGetItemCommand({ RequestItems: read }))
            : {};
          return { Responses, UnprocessedKeys: left };
        },
      }) as typeof tables.client;
      const reader = createAccountReader({ client, ...names, pause: async () => undefined });
      expect(await reader.read(odd.accountId)).toMatchObject({ record: odd, cursor });
      expect(requests).toBe(2);
    }
  });

  it('is there without the silences where these stay unread, may not be read, or have no table', async () => {
    const client = (alter: (tableNames: readonly string[]) => object | undefined) => {
      const send = tables.client.send.bind(tables.client);
      return Object.assign(Object.create(tables.client), {
        async send(command: BatchGetItemCommand) {
          const { [names.dispatchStateTable]: silences, ...others } = command.input.RequestItems ?? {};
          const altered = silences && alter(Object.keys(others));
          if (!altered) return send(command);
          const read = await send(new BatchGetItemCommand({ RequestItems: others }));
          return { ...read, ...altered };
        },
      }) as typeof tables.client;
    };
    const unread = client(() => ({
      UnprocessedKeys: { [names.dispatchStateTable]: { Keys: [{ name: { S: 'silences' } }] } },
    }));
    const denied = client(() => {
      throw Object.assign(new Error('Not authorized'), { name: 'AccessDeniedException' });
    });
    const expected = { record: odd, silences: noSilences };
    for (const options of [
      { client: unread, ...names },
      { client: denied, ...names },
      { client: tables.client, ...names, dispatchStateTable: 'no-such-table' },
    ])
      expect(await createAccountReader(options).read(odd.accountId)).toMatchObject(expected);
  });
});
