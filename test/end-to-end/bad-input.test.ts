import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hourlyRows, ndjson } from './audit-rows.ts';
import { type Cloud, clouds } from './evidence.ts';
import { flaws } from './flaws.ts';
import { startPipeline, type TestPipeline } from './pipeline.ts';
import { secretPiecesIn } from './secret-pieces.ts';

const timeZone = 'Asia/Kolkata';
const firstTick = '2025-03-03T02:30:00Z';
const secondTick = '2025-03-03T06:30:00Z';
const rows = hourlyRows('2025-03-02T22:30:00Z', 8);
const windows = [ndjson(rows.slice(0, 4)), ndjson(rows.slice(4))];

/** A server that no credential may ever be sent to. */
const trap = createServer(socket => {
  visits++;
  socket.destroy();
});
let visits = 0;
let trapHost = '';
let pipeline: TestPipeline;
beforeAll(async () => {
  trap.listen(0, '127.0.0.1');
  await once(trap, 'listening');
  trapHost = `127.0.0.1:${(trap.address() as AddressInfo).port}`;
  pipeline = await startPipeline();
});
afterEach(() => pipeline.forget());
afterAll(async () => {
  trap.close();
  await pipeline?.close();
});

const healthy = clouds.map(cloud => ({ cloud, accountId: `healthy in ${cloud}` }));

describe('an account with', () => {
  /** The state of each account after the first tick. */
  const before = new Map<string, Awaited<ReturnType<typeof stateOf>>>();
  let log: Awaited<ReturnType<TestPipeline['logLines']>>;
  const stateOf = async (cloud: Cloud, accountId: string) => ({
    texts: await pipeline.textsOf(cloud, accountId),
    cursor: (await pipeline.ledgerOf(accountId)).cursor,
    events: pipeline.eventsOf(accountId),
  });

  beforeAll(async () => {
    for (const cloud of clouds) {
      const answers = flaws.flatMap(({ flaw, answer }) => (answer ? { name: fileNameOf(flaw), answer } : []));
      pipeline.proxies[cloud].onRequest = ({ path }) =>
        answers.find(({ name }) => path.includes(name))?.answer ?? { kind: 'pass' };
    }
    const { secretOf } = pipeline.customers.credentials;
    for (const { flaw, cloud = 's3', record, secret } of flaws) {
      const text = typeof secret === 'function' ? secret({ trapHost, secretOf }) : secret;
      await pipeline.provision(
        flaw,
        { cloud, timeZone, ...(text !== undefined && { secret: text }), ...record },
        rows,
      );
    }
    for (const { cloud, accountId } of healthy)
      await pipeline.provision(accountId, { cloud, timeZone }, rows);
    await pipeline.tick(firstTick);
    for (const { flaw, cloud = 's3' } of flaws) before.set(flaw, await stateOf(cloud, flaw));
    for (const { cloud, accountId } of healthy) before.set(accountId, await stateOf(cloud, accountId));

    log = await pipeline.logLines();

    for (const cloud of clouds) pipeline.proxies[cloud].onRequest = () => ({ kind: 'pass' });
    for (const { flaw, cloud = 's3' } of flaws) await pipeline.provision(flaw, { cloud, timeZone });
    await pipeline.tick(secondTick);
  });

  test.each(flaws)('$flaw fails by name', async ({ flaw, code, message }) => {
    const { texts, cursor, events } = before.get(flaw) ?? {};
    expect(texts).toEqual([]);
    expect(cursor).toMatchObject({
      exportedThrough: Date.parse('2025-03-02T22:30:00Z'),
      failures: 1,
      attempts: [],
      lastError: { code, message: expect.stringMatching(message) },
    });
    expect(events).toMatchObject([
      {
        detailType: 'Export Failed',
        detail: { code, message: expect.stringMatching(message), actionNeeded: true },
      },
    ]);
    expect(log.find(line => line.accountId === flaw)).toMatchObject({
      level: 'ERROR',
      reason: expect.stringMatching(message),
      code,
    });
  });

  test.each(flaws)('$flaw gets its backlog after the repair', async ({ flaw, cloud = 's3' }) => {
    expect(await pipeline.textsOf(cloud, flaw)).toEqual(windows);
    expect(pipeline.eventTypesOf(flaw)).toEqual([
      'Export Failed',
      'Export Delivered',
      'Export Recovered',
      'Export Delivered',
    ]);
  });

  test.each(healthy)('no fault, $accountId, notices nothing of the others', async ({ cloud, accountId }) => {
    expect(before.get(accountId)?.texts).toEqual([windows[0]]);
    expect(await pipeline.textsOf(cloud, accountId)).toEqual(windows);
    expect(pipeline.eventTypesOf(accountId)).toEqual(['Export Delivered', 'Export Delivered']);
  });

  test('a fault leaves no message in the queue', async () => {
    expect(await pipeline.messagesLeft()).toBe(0);
  });
});

describe('a record', () => {
  test('with an unknown time zone is reported by the watchdog, and caught up after the repair', async () => {
    await pipeline.provision('mistyped zone', { timeZone, exportFrom: '2025-03-02T22:30:00Z' }, rows);
    await pipeline.tick(firstTick);
    await pipeline.provision('mistyped zone', { timeZone: 'Asia/Kolkatta' });
    await pipeline.provision('unknown zone', { timeZone: 'Mars/Olympus_Mons' }, rows);
    await pipeline.tick(secondTick);
    expect(await pipeline.textsOf('s3', 'mistyped zone')).toEqual(windows.slice(0, 1));

    await pipeline.watchdog.invoke({});
    for (const accountId of ['mistyped zone', 'unknown zone'])
      expect(await pipeline.logLines()).toContainEqual(
        expect.objectContaining({
          accountId,
          level: 'ERROR',
          faults: expect.stringMatching(/timeZone: expected an IANA time zone name/),
        }),
      );
    expect(await pipeline.logLines()).toContainEqual(expect.objectContaining({ InvalidAccounts: 2 }));

    const repaired = { timeZone, exportFrom: '2025-03-02T22:30:00Z' };
    for (const accountId of ['mistyped zone', 'unknown zone']) await pipeline.provision(accountId, repaired);
    await pipeline.tick('2025-03-03T10:30:00Z');
    for (const accountId of ['mistyped zone', 'unknown zone'])
      expect(await pipeline.textsOf('s3', accountId)).toEqual([...windows, '']);
  });

  test('with a service account whose file names other hosts is delivered to', async () => {
    const file = JSON.parse(pipeline.customers.credentials.secretOf('gcs')) as object;
    const elsewhere = `https://${trapHost}/token`;
    const hostile = { ...file, token_uri: elsewhere, auth_uri: elsewhere, universe_domain: trapHost };
    await pipeline.provision(
      'hostile file',
      { cloud: 'gcs', timeZone, secret: JSON.stringify(hostile) },
      rows,
    );
    await pipeline.tick(firstTick);
    expect(await pipeline.textsOf('gcs', 'hostile file')).toEqual(windows.slice(0, 1));
  });
});

describe('after all this', () => {
  test('no credential has gone to another host', () => expect(visits).toBe(0));

  test('no piece of a secret stands in a log, an event or the ledger', async () => {
    expect(pipeline.secretsPut.size).toBeGreaterThan(10);
    const evidence = await pipeline.evidence();
    expect(evidence).toContain('secret_invalid');
    expect(secretPiecesIn(evidence, pipeline.secretsPut)).toEqual([]);
  });
});

/** The beginning of the names of an account’s files. */
function fileNameOf(accountId: string): string {
  return `audit_${Buffer.from(accountId).toString('base64url')}_`;
}
