import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAuditLog } from '../../cli/commands/doctor/audit-log.ts';
import { rowsOfAccount } from '../../cli/stage/audit-log/sampled-rows.ts';
import type { Target } from '../../cli/stage/target/target.ts';
import { createRowSample } from '../../lambdas/aws/row-sample.ts';
import { defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import type { AuditLogSource } from '../../lambdas/environment.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';

const { sortKey: _, ...attributes } = defaultAttributes;

describe('a look at the rows of an audit log', () => {
  let tables: DynamodbTables;
  let accountsTable: string;
  beforeAll(async () => {
    tables = await startTables();
    accountsTable = await tables.create({ partition: 'accountId' });
    await put(accountsTable, { accountId: 'acme' });
  });
  afterAll(() => tables?.close());

  const put = (TableName: string, row: object) =>
    tables.client.send(new PutItemCommand({ TableName, Item: marshall(row) }));

  async function tableWith(sortKeys: readonly (string | number)[], own: Partial<AuditLogSource> = {}) {
    const sortType = typeof sortKeys[0] === 'number' ? 'N' : 'S';
    const tableName = await tables.create({ partition: 'accountId', sort: 'recordedAt', sortType });
    for (const recordedAt of sortKeys)
      await put(tableName, {
        accountId: 'acme',
        recordedAt,
        ...Object.fromEntries(Object.values(attributes).map(name => [name, 'text'])),
        set: new Set(['a']),
        bytes: new Uint8Array([1]),
      });
    const source: AuditLogSource = {
      tableName,
      partitionKey: 'accountId',
      sortKey: 'recordedAt',
      sortKeyType: sortType === 'N' ? 'epochMilliseconds' : 'iso',
      attributes,
      ...own,
    };
    const target = {
      dynamodb: tables.client,
      outputs: { AccountsTableName: accountsTable },
      environment: async () => ({ auditLog: source }),
    } as unknown as Target;
    return { sample: createRowSample({ client: tables.client, source }), target };
  }

  const iso = ['2025-11-03T07:04:00.000Z#1', '2025-11-03T07:05:00.000Z#2', '2025-11-03T07:06:00.000Z#3'];

  test('finds one attribute of the newest rows, page by page, and nothing beyond the number', async () => {
    const keys = Array.from({ length: 2500 }, (_, index) => 1_764_000_000_000 + index);
    const { sample } = await tableWith(keys);
    const newest = keys.toReversed();
    for (const most of [1, 999, 1000, 1001, 3000]) {
      const pages = await Array.fromAsync(sample.newestValues('acme', 'recordedAt', most));
      expect(pages.flat()).toEqual(newest.slice(0, most));
      for (const page of pages) expect(page.length).toBeLessThanOrEqual(1000);
    }
    expect(await Array.fromAsync(sample.newestValues('acme', 'action', 2))).toEqual([['text', 'text']]);
    expect((await Array.fromAsync(sample.newestValues('acme', 'no.such', 2))).flat()).toEqual([
      undefined,
      undefined,
    ]);
    expect((await Array.fromAsync(sample.newestValues('nobody', 'action', 2))).flat()).toEqual([]);
  });

  test('finds the newest rows and the oldest, whole', async () => {
    const { sample } = await tableWith([...iso, ' 2025-11-03T08:00:00Z']);
    expect((await sample.newest('acme', 2)).map(row => row.recordedAt)).toEqual([iso[2], iso[1]]);
    const [oldest] = await sample.oldest('acme', 1);
    expect(oldest).toMatchObject({ recordedAt: ' 2025-11-03T08:00:00Z', email: 'text', set: ['a'] });
  });

  test('finds the newest key alone, text or number', async () => {
    expect(await (await tableWith(iso)).sample.newestKey('acme')).toBe(iso[2]);
    expect(await (await tableWith([1_762_153_440, 1_762_153_441])).sample.newestKey('acme')).toBe(
      1_762_153_441,
    );
    expect(await (await tableWith(iso)).sample.newestKey('globex')).toBeUndefined();
  });

  const outcomes = async (target: Target) =>
    (await checkAuditLog(target)).map(({ outcome, name }) => `${outcome}: ${name}`);

  test('accepts a table with keys of the declared form', async () => {
    expect(await outcomes((await tableWith(iso)).target)).toEqual([
      'ok: sort keys of the audit log',
      'ok: attributes of the audit log',
    ]);
  });

  test.each<[string, readonly (string | number)[], string]>([
    ['a space for T', ['2025-11-03 07:04:00Z'], 'a space in the place of T'],
    ['the compact form', ['20251103T070400Z'], 'its compact form'],
    ['epoch as text', ['1762153440123'], 'milliseconds since 1970 as text'],
    ['a leading space among others', [...iso, ' 2025-11-03T08:00:00Z'], 'begins with a space'],
    ['seconds in the place of milliseconds', [1_762_153_440], 'a number of seconds since 1970'],
    ['microseconds in the place of milliseconds', [1_762_153_440_123_456], 'a number of microseconds'],
  ])('fails for a table with %s, and names the form', async (_name, sortKeys, form) => {
    const [check] = await checkAuditLog((await tableWith(sortKeys)).target);
    expect(check).toMatchObject({ outcome: 'failing', detail: expect.stringContaining(form) });
    expect(check?.detail).toMatch(/; expected (text in ISO 8601 in UTC|a number of milliseconds)/);
  });

  test('warns of a typing error in the attributes', async () => {
    const { target } = await tableWith(iso, { attributes: { ...attributes, email: 'e-mail' } });
    expect(await outcomes(target)).toContain('warning: attributes of the audit log');
    expect((await checkAuditLog(target))[1]?.detail).toContain(
      'none has e-mail (email): did you mean email?',
    );
  });

  test('fails for other keys than the table has, or of none', async () => {
    const { target } = await tableWith(iso, { partitionKey: 'tenant' });
    expect(await rowsOfAccount(target, 'acme')).toMatchObject({ reason: 'other-keys' });
    expect(await outcomes(target)).toEqual(['failing: rows of the audit log']);
    const misnamed = await tableWith(iso, { sortKey: 'at' });
    expect((await checkAuditLog(misnamed.target))[0]?.detail).toContain('the row has no such attribute');
  });

  test('is left out without rows, or without a table', async () => {
    expect(await outcomes((await tableWith([])).target)).toEqual(['skipped: rows of the audit log']);
    const { target } = await tableWith(iso, { tableName: 'not-there' });
    expect(await outcomes(target)).toEqual(['skipped: rows of the audit log']);
  });
});
