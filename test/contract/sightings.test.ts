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

  it('keeps many accounts apart, and none is called dispatcher', async () => {
    const state = createDispatchState({ client: tables.client, tableName });
    await state.completeTick(start);
    const many = [...Array.from({ length: 60 }, (_, index) => `many-${index}`), 'dispatcher'];
    expect(await sightings().note(many, start)).toEqual(new Map(many.map(id => [id, start])));
    expect(await state.completedTick()).toBe(start);
  });

  it('asks nothing where nobody waits', async () => {
    expect(await sightings().note([], start)).toEqual(new Map());
  });
});
