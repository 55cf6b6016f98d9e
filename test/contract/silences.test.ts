import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSilences, silencesFromItem, silencesKey } from '../../lambdas/aws/silences.ts';
import { isProbeDue, isSuspended, type Silence } from '../../lambdas/domain/silence.ts';
import type { Silences } from '../../lambdas/exporter/ports.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const second = 1000;

describe('what the fleet knows of silent clouds', () => {
  let tables: DynamodbTables;
  let tableName: string;
  let silences: Silences;
  beforeAll(async () => {
    tables = await startTables();
    tableName = await tables.create({ partition: 'name' });
    silences = createSilences({ client: tables.client, tableName });
  });
  afterAll(() => tables?.close());

  async function of(region: string): Promise<Silence | undefined> {
    const { Item } = await tables.client.send(
      new GetItemCommand({ TableName: tableName, Key: silencesKey, ConsistentRead: true }),
    );
    return silencesFromItem(Item).get(region);
  }

  it('suspends a region after three accounts, and no other region', async () => {
    await silences.note('s3 eu-west-1', 'a', start);
    await silences.note('s3 eu-west-1', 'a', start + second);
    await silences.note('s3 eu-west-1', 'b', start + 2 * second);
    expect(isSuspended(await of('s3 eu-west-1'), start + 3 * second)).toBe(false);
    await silences.note('s3 eu-west-1', 'ünï/🚀', start + 3 * second);
    const silence = await of('s3 eu-west-1');
    expect(isSuspended(silence, start + 4 * second)).toBe(true);
    expect(silence?.accountIds.toSorted()).toEqual(['a', 'b', 'ünï/🚀']);
    expect(await of('s3 eu-central-1')).toBeUndefined();
  });

  it('does not count accounts that met silence long ago', async () => {
    await silences.note('azure', 'a', start);
    await silences.note('azure', 'b', start + 10 * second);
    await silences.note('azure', 'c', start + 100 * second);
    expect(await of('azure')).toEqual({ accountIds: ['c'], at: start + 100 * second });
  });

  it('lets one of many probe, and the next when that one has had its time', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await silences.note('gcs', id, start);
    const seen = (await of('gcs')) ?? expect.fail('nothing is known');
    expect(seen.accountIds).toHaveLength(3);
    expect(isProbeDue(seen, start + 29 * second)).toBe(false);
    const now = start + 30 * second;
    expect(isProbeDue(seen, now)).toBe(true);
    const tries = await Promise.all(Array.from({ length: 5 }, () => silences.mayProbe('gcs', seen, now)));
    expect(tries.filter(Boolean)).toHaveLength(1);
    const probed = (await of('gcs')) ?? expect.fail('nothing is known');
    expect(isProbeDue(probed, now + second)).toBe(false);
    expect(isSuspended(probed, now + second)).toBe(true);
  });

  it('stays suspended after a probe that met silence, and forgets all after an answer', async () => {
    for (const id of ['a', 'b', 'c']) await silences.note('s3 us-east-1', id, start);
    const seen = (await of('s3 us-east-1')) ?? expect.fail('nothing is known');
    await silences.mayProbe('s3 us-east-1', seen, start + 500 * second);
    await silences.note('s3 us-east-1', 'z', start + 508 * second);
    expect(isSuspended(await of('s3 us-east-1'), start + 509 * second)).toBe(true);
    await silences.clear('s3 us-east-1');
    expect(await of('s3 us-east-1')).toBeUndefined();
    await silences.clear('s3 us-east-1');
  });

  it('is worth nothing when nobody has tried for long', () => {
    const silence = { accountIds: ['a', 'b', 'c'], at: start };
    expect(isSuspended(silence, start + 5 * 3600 * second)).toBe(true);
    expect(isSuspended(silence, start + 7 * 3600 * second)).toBe(false);
  });
});
