import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hourlyRows, ndjson, rowAt } from './audit-rows.ts';
import { clouds } from './evidence.ts';
import { startPipeline, type TestPipeline } from './pipeline.ts';

const timeZone = 'Asia/Kolkata';
/** Midnight in Kolkata: the end of the window that begins at 14:30 UTC. */
const tick = '2025-03-03T18:30:00Z';
const rows = [
  rowAt('2025-03-03T14:30:00.000Z', 'first'),
  rowAt('2025-03-03T16:00:00.120Z', 'middle'),
  rowAt('2025-03-03T18:29:59.999Z', 'last'),
];

let pipeline: TestPipeline;
/** A second pipeline whose clouds are down: the drivers retry for about ten seconds, while the other tests run. */
let afflicted: TestPipeline;
let outage: Promise<void>;
beforeAll(async () => {
  [pipeline, afflicted] = await Promise.all([startPipeline(), startPipeline()]);
  outage = playOutage();
  // The tests that await it get the failure.
  outage.catch(() => undefined);
});
afterEach(() => pipeline.forget());
afterAll(() => Promise.all([pipeline?.close(), afflicted?.close()]));

describe('an answer that is lost', () => {
  test.each(clouds)('by %s does not make a second file', async cloud => {
    const accountId = `unanswered ${cloud}`;
    await pipeline.provision(accountId, { cloud, timeZone }, rows);
    let lost = false;
    pipeline.proxies[cloud].onRequest = ({ path, method }) => {
      if (lost || path.includes('/token') || method === 'GET') return { kind: 'pass' };
      lost = true;
      return { kind: 'lose-answer' };
    };
    await pipeline.tick(tick, pipeline.withoutWaiting());
    expect(lost).toBe(true);
    expect(await pipeline.textsOf(cloud, accountId)).toEqual([ndjson(rows)]);
    expect(pipeline.eventTypesOf(accountId)).toEqual(['Export Delivered']);
    const { files } = await pipeline.ledgerOf(accountId);
    expect(files).toEqual([expect.objectContaining({ records: 3, final: true })]);
  });
});

describe('a secret', () => {
  test('that is rotated in the middle of a backlog is read afresh, and nobody hears of it', async () => {
    const { s3Role } = pipeline.customers.credentials;
    const backlog = hourlyRows('2025-03-02T22:30:00Z', 24);
    await pipeline.provision('rotated', { timeZone, exportFrom: '2025-03-02T22:30:00Z' }, backlog);
    let revoked = false;
    let withNewKey = 0;
    pipeline.proxies.s3.onRequest = ({ headers }) => {
      if (headers.authorization?.includes(s3Role.accessKeyId)) {
        withNewKey++;
        return { kind: 'pass' };
      }
      if (revoked)
        return { kind: 'answer', status: 403, body: '<Error><Code>InvalidAccessKeyId</Code></Error>' };
      const rotate = async () => {
        await pipeline.provision('rotated', { timeZone, secret: JSON.stringify(s3Role) });
        revoked = true;
        return false;
      };
      return { kind: 'lose-answer', when: rotate };
    };
    await pipeline.tick('2025-03-03T22:30:00Z');
    expect(withNewKey).toBe(5);
    expect(pipeline.eventTypesOf('rotated')).toEqual(Array(6).fill('Export Delivered'));
    expect((await pipeline.textsOf('s3', 'rotated')).join('')).toBe(ndjson(backlog));
  });
});

describe('two exporters of one account', () => {
  test.each(clouds)('with three messages each deliver to %s once', async cloud => {
    const accountId = `raced ${cloud}`;
    const backlog = hourlyRows('2025-03-02T22:30:00Z', 16);
    await pipeline.provision(accountId, { cloud, timeZone, exportFrom: '2025-03-02T22:30:00Z' }, backlog);
    const second = await pipeline.startVariant();
    let turn = 0;
    const alternating = {
      ...second,
      invoke: (event: unknown) => (turn++ % 2 === 0 ? pipeline.exporter : second).invoke(event),
    };
    for (let copy = 0; copy < 6; copy++) await pipeline.sendMessage(accountId, '2025-03-03T14:30:00Z');
    await pipeline.drain(alternating);

    expect(await pipeline.textsOf(cloud, accountId)).toEqual(
      [0, 4, 8, 12].map(from => ndjson(backlog.slice(from, from + 4))),
    );
    const { cursor, files } = await pipeline.ledgerOf(accountId);
    expect(cursor).toMatchObject({ exportedThrough: Date.parse('2025-03-03T14:30:00Z'), failures: 0 });
    expect(files.map(({ records }) => records)).toEqual([4, 4, 4, 4]);
    const hashes = (await pipeline.objectsOf(cloud, accountId)).map(({ body }) =>
      createHash('sha256').update(body).digest('hex'),
    );
    expect(files.map(({ sha256 }) => sha256)).toEqual(hashes);
    expect(new Set(pipeline.eventTypesOf(accountId))).toEqual(new Set(['Export Delivered']));
  });
});

describe('an outage of every cloud', () => {
  test.each(clouds)('ends for %s with the same message delivering all, and telling so', async cloud => {
    await outage;
    const accountId = `outage ${cloud}`;
    expect(afflicted.eventTypesOf(accountId)).toEqual([
      'Export Failed',
      'Export Delivered',
      'Export Recovered',
    ]);
    const [failure, , recovery] = afflicted.eventsOf(accountId);
    expect(failure?.detail).toMatchObject({ code: 'destination_unavailable', actionNeeded: false });
    expect(recovery?.detail).toMatchObject({ failures: 1, windowEnd: '2025-03-03T18:30:00.000Z' });
    expect(await afflicted.textsOf(cloud, accountId)).toEqual([ndjson(rows)]);
    const { cursor } = await afflicted.ledgerOf(accountId);
    expect(cursor).toMatchObject({ failures: 0, attempts: [] });
    expect(cursor?.lastError).toBeUndefined();
  });
});

/** Each cloud answers 503 until an exporter gives up. */
async function playOutage(): Promise<void> {
  for (const cloud of clouds) {
    const accountId = `outage ${cloud}`;
    await afflicted.provision(accountId, { cloud, timeZone }, rows);
    afflicted.proxies[cloud].onRequest = () =>
      afflicted.eventTypesOf(accountId).includes('Export Failed')
        ? { kind: 'pass' }
        : { kind: 'answer', status: 503 };
  }
  await afflicted.tick(tick, afflicted.withoutWaiting());
}
