import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuditLog } from '../../lambdas/aws/audit-log.ts';
import { KeptConnections } from '../../lambdas/aws/kept-connections.ts';
import { RawHttpHandler } from '../../lambdas/aws/raw-http-handler.ts';
import type { Pause } from '../../lambdas/aws/throttling.ts';
import { defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import type { AuditLogSource } from '../../lambdas/environment.ts';
import type { AuditLog } from '../../lambdas/exporter/ports.ts';
import { writeBatch } from '../../local/provision.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';
import { type Fault, type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const { sortKey: _, ...names } = defaultAttributes;
const window = { start: Date.parse('2026-11-22T04:00:00Z'), end: Date.parse('2026-11-22T08:00:00Z') };
const never = new AbortController().signal;

interface Through {
  readonly maxAttempts?: number;
  readonly pause?: Pause;
}

describe('the audit log', () => {
  let tables: DynamodbTables;
  let proxy: FaultProxy;
  beforeAll(async () => {
    tables = await startTables({
      requestHandler: new RawHttpHandler(new KeptConnections(), { connect: 3_000, answer: 20_000 }),
    });
    const { protocol, hostname, port } = (await tables.client.config.endpoint?.()) ?? {};
    // An incomplete request ends Dynalite’s process.
    proxy = await startFaultProxy(`${protocol}//${hostname}:${port}`, { wholeRequests: true });
  });
  afterAll(async () => {
    await proxy?.close();
    await tables?.close();
  });

  async function startLog(sortKeyType: AuditLogSource['sortKeyType'], own: Partial<AuditLogSource> = {}) {
    const source: AuditLogSource = {
      tableName: '',
      partitionKey: 'accountId',
      sortKey: 'recordedAt',
      sortKeyType,
      attributes: names,
      ...own,
    };
    const { partitionKey: partition, sortKey: sort } = source;
    const tableName = await tables.create({ partition, sort, sortType: sortKeyType === 'iso' ? 'S' : 'N' });
    const log = createAuditLog({ client: tables.client, source: { ...source, tableName } });
    const readFrom = async (from: AuditLog, after?: string, signal = never) => {
      const sortKeys: string[] = [];
      let pages = 0;
      let lines = '';
      // A page is only valid until the next one is requested.
      for await (const page of from.pages('acme', window, after, signal)) {
        pages++;
        for (let row = 0; row < page.count; row++) sortKeys.push(page.sortKey(row));
        lines += Buffer.from(page.lines).toString('utf8');
      }
      return { pages, sortKeys, lines };
    };
    return {
      put: (sortKey: string | number, row: Record<string, unknown> = {}) =>
        tables.client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({ [partition]: 'acme', [sort]: sortKey, ...row }),
          }),
        ),
      putMany: async (rows: readonly Record<string, unknown>[]) => {
        for (let first = 0; first < rows.length; first += 25)
          await writeBatch(
            tables.client,
            tableName,
            rows
              .slice(first, first + 25)
              .map(row => ({ PutRequest: { Item: marshall({ [partition]: 'acme', ...row }) } })),
          );
      },
      pages: (after?: string, signal = never) => log.pages('acme', window, after, signal),
      read: (after?: string) => readFrom(log, after),
      count: (signal = never) => log.count('acme', window, signal),
      readThrough(endpoint: string, { signal, ...options }: Through & { signal?: AbortSignal } = {}) {
        return this.through(endpoint, options, from => readFrom(from, undefined, signal));
      },
      countThrough(endpoint: string, options: Through) {
        return this.through(endpoint, options, from => from.count('acme', window, never));
      },
      /** Reads from another endpoint, by default with as many attempts as an exporter makes. */
      async through<Read>(
        endpoint: string,
        { maxAttempts = 4, pause }: Through,
        read: (from: AuditLog) => Promise<Read>,
      ): Promise<Read> {
        const { region, credentials } = tables.client.config;
        const requestHandler = new RawHttpHandler(new KeptConnections(), { connect: 3_000, answer: 20_000 });
        const client = new DynamoDBClient({ endpoint, region, credentials, requestHandler, maxAttempts });
        try {
          return await read(
            createAuditLog({ client, source: { ...source, tableName }, ...(pause && { pause }) }),
          );
        } finally {
          client.destroy();
        }
      },
    };
  }

  it('gives the rows of a window and no others, at any precision of the fraction', async () => {
    const log = await startLog('iso');
    const inside = ['2026-11-22T04:00:00Z#1', '2026-11-22T04:00:00.000Z#2', '2026-11-22T07:59:59.9999999Z#3'];
    const outside = ['2026-11-22T03:59:59.999Z#4', '2026-11-22T08:00:00Z#5', '2026-11-22T08:00:00.000Z#6'];
    for (const sortKey of [...inside, ...outside]) await log.put(sortKey);
    expect((await log.read()).sortKeys).toEqual(inside.toSorted());
    expect(await log.count()).toBe(inside.length);
  });

  it('gives a row at the bare bound to one window only: to the later', async () => {
    const log = await startLog('iso');
    await log.put('2026-11-22T04:00:00');
    await log.put('2026-11-22T08:00:00');
    expect((await log.read()).sortKeys).toEqual(['2026-11-22T04:00:00']);
    expect(await log.count()).toBe(1);
  });

  it('reads a numeric sort key of epoch milliseconds', async () => {
    const log = await startLog('epochMilliseconds', { partitionKey: 'tenant', sortKey: 'ts' });
    for (const sortKey of [window.start - 1, window.start, window.end - 1, window.end])
      await log.put(sortKey);
    const { sortKeys, lines } = await log.read();
    expect(sortKeys).toEqual([String(window.start), String(window.end - 1)]);
    expect(await log.count()).toBe(2);
    expect(lines).toContain('"Date":"2026-11-22T04:00:00.000Z"');
  });

  it('takes the fields from the attributes that the configuration names, spaces and reserved words included', async () => {
    const log = await startLog('iso', { attributes: { ...names, email: 'user name', ipAddress: 'size' } });
    await log.put('2026-11-22T04:00:00Z#1', {
      'user name': 'a@b.example',
      size: '192.0.2.1',
      action: 'log in',
    });
    expect(JSON.parse((await log.read()).lines)).toEqual({
      Date: '2026-11-22T04:00:00.000Z',
      Email: 'a@b.example',
      Action: 'log in',
      'Action ID': null,
      Description: null,
      'IP Address': '192.0.2.1',
    });
  });

  it('goes on through several pages of 1 MB, and behind any row', async () => {
    const log = await startLog('iso');
    const rows = Array.from({ length: 400 }, (_, index) => ({
      recordedAt: `2026-11-22T05:00:00.000Z#${String(index).padStart(4, '0')}`,
      description: `${index} ${'x'.repeat(8_000)}`,
    }));
    await log.putMany(rows);
    const whole = await log.read();
    expect(whole.pages).toBeGreaterThan(3);
    expect(await log.count()).toBe(rows.length);
    expect(whole.sortKeys).toEqual(rows.map(({ recordedAt }) => recordedAt));
    const rest = await log.read(rows[250]?.recordedAt);
    expect(rest.sortKeys).toEqual(rows.slice(251).map(({ recordedAt }) => recordedAt));
  });

  it('gets every row once through a network that breaks in every way', async () => {
    const log = await startLog('iso');
    const rows = Array.from({ length: 300 }, (_, index) => ({
      recordedAt: `2026-11-22T05:00:${String(index % 60).padStart(2, '0')}.000Z#${String(index).padStart(4, '0')}`,
      description: `${index} ${'x'.repeat(16_000)}`,
    }));
    await log.putMany(rows);
    const faults: Fault[] = [
      { kind: 'reset', afterBytes: 0 },
      { kind: 'cut-answer' },
      { kind: 'answer', status: 500, body: '{"__type":"InternalServerError"}' },
      { kind: 'lose-answer' },
      { kind: 'answer', status: 400, body: '{"__type":"ThrottlingException"}' },
      { kind: 'answer', status: 503, body: 'not JSON' },
    ];
    let requests = 0;
    proxy.onRequest = () => (requests++ % 2 === 0 && faults.shift()) || { kind: 'pass' };
    const { sortKeys } = await log.readThrough(proxy.endpoint);
    expect(faults).toEqual([]);
    expect(sortKeys).toEqual(rows.map(({ recordedAt }) => recordedAt).toSorted());
  });

  it('waits for as long as a table throttles, longer each time', async () => {
    const log = await startLog('iso');
    await log.put('2026-11-22T04:00:00Z#1');
    const pauses: number[] = [];
    proxy.onRequest = () =>
      pauses.length < 50
        ? { kind: 'answer', status: 400, body: '{"__type":"ProvisionedThroughputExceededException"}' }
        : { kind: 'pass' };
    const pause = async (milliseconds: number) => void pauses.push(milliseconds);
    const { sortKeys } = await log.readThrough(proxy.endpoint, { maxAttempts: 1, pause });
    expect(sortKeys).toEqual(['2026-11-22T04:00:00Z#1']);
    expect(pauses).toHaveLength(50);
    expect(pauses.slice(0, 6)).toEqual([1000, 2000, 4000, 8000, 16_000, 16_000]);
  });

  it('counts a window on for as long as a table throttles', async () => {
    const log = await startLog('iso');
    await log.put('2026-11-22T04:00:00Z#1');
    const pauses: number[] = [];
    proxy.onRequest = () =>
      pauses.length < 10
        ? { kind: 'answer', status: 400, body: '{"__type":"ThrottlingException"}' }
        : { kind: 'pass' };
    const pause = async (milliseconds: number) => void pauses.push(milliseconds);
    expect(await log.countThrough(proxy.endpoint, { maxAttempts: 1, pause })).toBe(1);
    expect(pauses.slice(0, 3)).toEqual([1000, 2000, 4000]);
  });

  it('has its attempts for other failures, however often a table throttles', async () => {
    const log = await startLog('iso');
    await log.put('2026-11-22T04:00:00Z#1');
    let pauses = 0;
    let failures = 0;
    proxy.onRequest = () => {
      if (pauses < 60) return { kind: 'answer', status: 400, body: '{"__type":"ThrottlingException"}' };
      // An attempt has two requests: an answer without a length is requested again.
      if (failures++ < 2) return { kind: 'answer', status: 500, body: '{"__type":"InternalServerError"}' };
      return { kind: 'pass' };
    };
    const pause = async () => void pauses++;
    const { sortKeys } = await log.readThrough(proxy.endpoint, { pause });
    expect(sortKeys).toEqual(['2026-11-22T04:00:00Z#1']);
  });

  it('ends with the reason of its signal while it waits for a table that throttles', async () => {
    const controller = new AbortController();
    const reason = new Error('out of time');
    const pause: Pause = async (_, signal) => {
      controller.abort(reason);
      signal.throwIfAborted();
    };
    proxy.onRequest = () => ({ kind: 'answer', status: 400, body: '{"__type":"ThrottlingException"}' });
    const log = await startLog('iso');
    const reading = log.readThrough(proxy.endpoint, { maxAttempts: 1, pause, signal: controller.signal });
    await expect(reading).rejects.toBe(reason);
  });

  it('gives one empty page for a window without rows', async () => {
    const log = await startLog('iso');
    expect(await log.read()).toEqual({ pages: 1, sortKeys: [], lines: '' });
    expect(await log.count()).toBe(0);
  });

  it('ends with the reason of its signal when that aborts in the middle of a read', async () => {
    const log = await startLog('iso');
    const controller = new AbortController();
    const reason = new Error('out of time');
    const reading = Array.fromAsync(log.pages(undefined, controller.signal));
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('stops when its signal aborts', async () => {
    const log = await startLog('iso');
    const controller = new AbortController();
    controller.abort(new Error('out of time'));
    await expect(Array.fromAsync(log.pages(undefined, controller.signal))).rejects.toThrow();
    await expect(log.count(controller.signal)).rejects.toThrow();
  });

  it('says what is wrong when the table is not there', async () => {
    const log = createAuditLog({
      client: tables.client,
      source: {
        tableName: 'not-there',
        partitionKey: 'a',
        sortKey: 'b',
        sortKeyType: 'iso',
        attributes: names,
      },
    });
    await expect(Array.fromAsync(log.pages('acme', window, undefined, never))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
