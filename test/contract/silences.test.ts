import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSilences, silencesFromItem, silencesKey } from '../../lambdas/aws/silences.ts';
import { admissionOf, noSilences, type Silences, usedAfter } from '../../lambdas/domain/silence.ts';
import type { SilenceNotes } from '../../lambdas/exporter/ports.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const second = 1000;
const region = 's3 eu-west-1';
const target = (bucket: string) => ({ bucket, region });
const silence = (asked: number) => ({ asked, ended: asked + second });
const permit = { name: `again ${region}`, cost: 1667 };

describe('what the fleet knows of silent buckets', () => {
  let tables: DynamodbTables;
  let tableName: string;
  let silences: SilenceNotes;
  beforeAll(async () => {
    tables = await startTables();
  });
  beforeEach(async () => {
    tableName = await tables.create({ partition: 'name' });
    silences = createSilences(tables.client, tableName);
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
    await silences.noteSilence(target('s3://a'), silence(start), noSilences);
    await silences.noteSilence(
      { bucket: 'azure://ünï', region: 'azure public' },
      silence(start + second),
      noSilences,
    );
    await silences.noteSilence(target('s3://a'), silence(start + 2 * second), await known());
    expect((await known()).buckets).toEqual(
      new Map([
        ['s3://a', { region, ...silence(start + 2 * second) }],
        ['azure://ünï', { region: 'azure public', ...silence(start + second) }],
      ]),
    );
  });

  it('forgets the oldest of many, and what is known no more', async () => {
    await silences.noteSilence({ bucket: 'gcs://old', region: 'gcs' }, silence(start), noSilences);
    const later = start + 6 * 3_600_000 + second;
    for (let index = 0; index < 12; index++)
      await silences.noteSilence(target(`s3://${index}`), silence(later + index), await known());
    const last = Array.from({ length: 10 }, (_, index) => `s3://${index + 2}`);
    expect([...(await known()).buckets.keys()].toSorted()).toEqual(last.toSorted());
  });

  it('opens a suspended region after an answer', async () => {
    for (const name of ['s3://a', 's3://b', 's3://c'])
      await silences.noteSilence(target(name), silence(start), await known());
    const now = start + 20 * second;
    const admission = async (bucket: string) =>
      admissionOf(await known(), { target: target(bucket), lastError: undefined, received: 1 }, now).kind;
    expect(await admission('s3://d')).toBe('by-permit');
    await silences.noteAnswer(target('s3://e'), now, false);
    expect(await admission('s3://d')).toBe('free');
    expect(await admission('s3://a')).toBe('by-permit');
  });

  it('keeps no bucket that has answered, and frees the permit for the next', async () => {
    await silences.noteSilence(target('s3://a'), silence(start), noSilences);
    await silences.take({ ...permit, cost: 10_000 }, start, noSilences);
    await silences.noteAnswer(target('s3://a'), start + second, true);
    const at = new Map([[region, start + second]]);
    expect(await known()).toEqual({ ...noSilences, answered: at, recovered: at });
  });

  it('gives out as many permits as there are, to however many that ask at once', async () => {
    let used: number | undefined;
    for (const now of [start, start, start + 2 * second, start + 30 * second]) {
      const seen = await known();
      const asked = Array.from({ length: 12 }, () => silences.take(permit, now, seen));
      const taken = (await Promise.all(asked)).filter(Boolean).length;
      let expected = 0;
      for (let next = usedAfter(used, permit, now); next !== undefined; next = usedAfter(used, permit, now)) {
        used = next;
        expected++;
      }
      expect(taken).toBe(expected);
      expect((await known()).used).toEqual(new Map([[permit.name, used]]));
    }
  });

  it('gives out no more to who has read it before the others did', async () => {
    const taken: boolean[] = [];
    for (let index = 0; index < 12; index++) taken.push(await silences.take(permit, start, noSilences));
    expect(taken.filter(Boolean)).toHaveLength(5);
  });

  it('is nothing where an attribute is not ours', async () => {
    const odd = { 'silent s3://a': { N: '1' }, 'answered gcs': { S: 'soon' }, 'used x': { S: '' } };
    await tables.client.send(new PutItemCommand({ TableName: tableName, Item: { ...silencesKey, ...odd } }));
    expect(await known()).toEqual(noSilences);
  });
});
