import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDispatchState } from '../../lambdas/aws/dispatch-state.ts';
import { createSightings } from '../../lambdas/aws/sightings.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-22T12:40:00Z');

describe('the watchdog’s memory', () => {
  let tables: DynamodbTables;
  let tableName: string;
  beforeAll(async () => {
    tables = await startTables();
    tableName = await tables.create({ partition: 'name' });
  });
  afterAll(() => tables?.close());
  const sightings = () => createSightings({ client: tables.client, tableName });

  it('knows since when an account has been waiting', async () => {
    expect(await sightings().note(['ünï/🚀'], start)).toEqual(new Map([['ünï/🚀', start]]));
    expect(await sightings().note(['ünï/🚀'], start + hour)).toEqual(new Map([['ünï/🚀', start]]));
    expect(await sightings().note(['ünï/🚀'], start + 3 * hour)).toEqual(new Map([['ünï/🚀', start]]));
  });

  it('forgets a wait that ended: an account deleted long ago and added again waits anew', async () => {
    await sightings().note(['returned'], start);
    const later = start + 1000 * hour;
    expect(await sightings().note(['returned'], later)).toEqual(new Map([['returned', later]]));
  });

  it.each([
    ['firstSeen', 'a while ago'],
    ['firstSeen', '2126-11-22T12:40:00.000Z'],
    ['lastSeen', 'zuletzt'],
  ])('begins anew with an account whose %s is %j, and notes the others', async (attribute, date) => {
    const Item = {
      name: { S: 'watchdog#broken' },
      firstSeen: { S: '2026-11-22T11:40:00.000Z' },
      lastSeen: { S: '2026-11-22T11:40:00.000Z' },
      [attribute]: { S: date },
    };
    await tables.client.send(new PutItemCommand({ TableName: tableName, Item }));
    const both = ['broken', `beside ${date}`];
    const anew = new Map(both.map(id => [id, start]));
    expect(await sightings().note(both, start)).toEqual(anew);
    expect(await sightings().note(both, start + hour)).toEqual(anew);
  });

  it('keeps many accounts apart, and none is called dispatcher', async () => {
    const state = createDispatchState({ client: tables.client, tableName });
    await state.completeTick(start);
    const many = [...Array.from({ length: 60 }, (_, index) => `many-${index}`), 'dispatcher'];
    expect(await sightings().note(many, start)).toEqual(new Map(many.map(id => [id, start])));
    expect(await state.completedTick()).toBe(start);
  });

  it('of more accounts than it can note keeps those that wait longest, and answers for all', async () => {
    const bounded = createSightings({ client: tables.client, tableName, mostNoted: 2 });
    await sightings().note(['patient-1', 'patient-2'], start);
    const crowd = ['crowd-1', 'crowd-2', 'patient-1', 'crowd-3', 'patient-2'];
    for (const hours of [1, 2, 3]) {
      const since = await bounded.note(crowd, start + hours * hour);
      expect(since).toEqual(
        new Map(crowd.map(id => [id, id.startsWith('patient') ? start : start + hours * hour])),
      );
    }
    expect(await sightings().note(['patient-1', 'crowd-1'], start + 4 * hour)).toEqual(
      new Map([
        ['patient-1', start],
        ['crowd-1', start + 4 * hour],
      ]),
    );
  });

  it('notes the new ones as far as there is room beside those that wait', async () => {
    const bounded = createSightings({ client: tables.client, tableName, mostNoted: 2 });
    await sightings().note(['first'], start);
    await bounded.note(['second', 'third', 'first'], start + hour);
    const since = await sightings().note(['first', 'second', 'third'], start + 2 * hour);
    expect([...since.values()].toSorted((one, other) => one - other)).toEqual([
      start,
      start + hour,
      start + 2 * hour,
    ]);
  });

  it('asks nothing where nobody waits', async () => {
    expect(await sightings().note([], start)).toEqual(new Map());
  });
});
