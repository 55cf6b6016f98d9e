import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSilences, silencesFromItem, silencesKey } from '../../lambdas/aws/silences.ts';
import { isProbeDue, noSilences, type Silences, suspensionOf } from '../../lambdas/domain/silence.ts';
import type { SilenceNotes } from '../../lambdas/exporter/ports.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const second = 1000;
const region = 's3 eu-west-1';
const never = () => undefined;
const target = (bucket: string) => ({ bucket, region });

describe('what the fleet knows of silent buckets', () => {
  let tables: DynamodbTables;
  let tableName: string;
  let silences: SilenceNotes;
  beforeAll(async () => {
    tables = await startTables();
  });
  beforeEach(async () => {
    tableName = await tables.create({ partition: 'name' });
    silences = createSilences({ client: tables.client, tableName });
  });
  afterAll(() => tables?.close());

  async function known(): Promise<Silences> {
    const { Item } = await tables.client.send(
      new GetItemCommand({ TableName: tableName, Key: silencesKey, ConsistentRead: true }),
    );
    return silencesFromItem(Item);
  }

  it('is nothing at first', async () => {
    expect(await known()).toEqual(noSilences);
  });

  it('is which bucket was silent, of which region, and when', async () => {
    await silences.note(target('s3://a'), start, noSilences);
    await silences.note({ bucket: 'azure://ünï', region: 'azure public' }, start + second, noSilences);
    await silences.note(target('s3://a'), start + 2 * second, await known());
    expect(await known()).toEqual({
      buckets: new Map([
        ['s3://a', { region, at: start + 2 * second }],
        ['azure://ünï', { region: 'azure public', at: start + second }],
      ]),
      answered: new Map(),
    });
  });

  it('forgets what is known no more with the next note', async () => {
    await silences.note(target('s3://old'), start, noSilences);
    await silences.note(target('s3://young'), start + 18_000 * second, await known());
    await silences.note(target('s3://new'), start + 21_601 * second, await known());
    expect([...(await known()).buckets.keys()].toSorted()).toEqual(['s3://new', 's3://young']);
  });

  it('lets one of many probe, and the next when that one has had its time', async () => {
    for (const name of ['s3://a', 's3://b', 's3://c'])
      await silences.note(target(name), start, await known());
    const suspension = suspensionOf(await known(), target('s3://d'), never, start);
    if (!suspension) return expect.fail('nothing is suspended');
    const now = start + 15 * second;
    expect(isProbeDue(suspension, now - 1)).toBe(false);
    expect(isProbeDue(suspension, now)).toBe(true);
    const tries = await Promise.all(Array.from({ length: 5 }, () => silences.mayProbe(suspension, now)));
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(suspensionOf(await known(), target('s3://d'), never, now)).toEqual({ ...suspension, at: now });
  });

  it('opens a region after an answer; buckets that have not answered stay suspended', async () => {
    const names = ['s3://a', 's3://b', 's3://c'];
    for (const name of names) await silences.note(target(name), start, await known());
    const now = start + 20 * second;
    expect(silences.lastAnswer(region)).toBeUndefined();
    await silences.noteAnswer(target('s3://a'), now, await known());
    expect(silences.lastAnswer(region)).toBe(now);
    const suspended = async (name: string) => suspensionOf(await known(), target(name), never, now)?.bucket;
    expect(await Promise.all(['s3://a', 's3://b', 's3://d'].map(suspended))).toEqual([
      undefined,
      's3://b',
      undefined,
    ]);
  });

  it('is not written when an answer is no news', async () => {
    await silences.noteAnswer(target('s3://a'), start, noSilences);
    expect(await known()).toEqual(noSilences);
    await silences.note(target('s3://b'), start + second, noSilences);
    const seen = await known();
    await silences.noteAnswer(target('s3://a'), start + 2 * second, seen);
    await silences.noteAnswer(target('s3://a'), start + 3 * second, seen);
    expect((await known()).answered).toEqual(new Map([[region, start + 2 * second]]));
  });
});
