import { marshall } from '@aws-sdk/util-dynamodb';
import { silencesName } from '../../../lambdas/aws/silences.ts';
import { type Bucket, created, exists, unclear } from '../../../lambdas/buckets/bucket.ts';
import { encodeMessage } from '../../../lambdas/domain/export-message.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { targetOf } from '../../../lambdas/domain/silence.ts';
import { createExporterFleet, type Opening } from '../actors/exporter-fleet.ts';
import { readCursorItem } from '../oracle/cursor-item.ts';
import { createAuditRows } from '../services/audit-rows.ts';
import type { Database } from '../services/dynamodb.ts';
import { createEventBus } from '../services/event-bus.ts';
import { createQueue, type Queue } from '../services/queue.ts';
import { createTable } from '../services/table.ts';
import { createProcess, type Process } from '../world/process.ts';
import { createWorld, type Violation } from '../world/world.ts';
import { type Customer, recordOf, secretsOf } from './customers.ts';

const tick = Date.UTC(2026, 10, 23, 8);
const hour = 3_600_000;
/** The stack’s setting: accounts that are exported at once. */
const slots = 50;
/** Half before the effect of a call and half after it: 5 to 15 ms per call. */
const latency = [
  [2, 7],
  [3, 8],
] as const;

export interface WaveOptions {
  readonly customers: readonly Customer[];
  /** True if the customer’s bucket accepts connections but does not answer, so many milliseconds after the tick. */
  readonly isSilent: (customer: Customer, after: number) => boolean;
  /** True if the customer’s bucket has been silent since the previous window, so that all exporters know it. */
  readonly wasSilent?: (customer: Customer) => boolean;
  /** The simulated duration in milliseconds. */
  readonly lasts: number;
}

export interface Wave {
  /**
   * Milliseconds from the first moment at which an account’s message was visible until its file was committed, by
   * account.
   */
  readonly delays: ReadonlyMap<string, number>;
  /** The number of attempts that got no answer. */
  readonly silences: number;
  readonly violations: readonly Violation[];
}

/**
 * Simulates the time after a tick at which every account is due, with the exporter’s own code and realistic
 * latencies.
 */
export async function playWave({
  customers,
  isSilent,
  wasSilent = () => false,
  lasts,
}: WaveOptions): Promise<Wave> {
  const world = createWorld({
    seed: 1,
    start: tick,
    faultsUntil: tick,
    enabled: new Set(),
    keepTrace: false,
  });
  const chance = world.random('buckets');
  const byId = new Map(customers.map(customer => [customer.accountId, customer]));
  const delays = new Map<string, number>();
  const objects = new Set<string>();
  let silences = 0;

  const accounts = createTable(['accountId']);
  const ledger = createTable(['accountId', 'entry'], (_, before, after) => {
    if (!before || !after || after.entry?.S !== 'cursor') return;
    const accountId = after.accountId?.S ?? '';
    if (readCursorItem(after).through >= tick && !delays.has(accountId))
      delays.set(accountId, world.now() - tick - dueAfter(accountId) * 1000);
  });
  for (const customer of customers) {
    accounts.put(undefined, marshall(recordOf(customer), { removeUndefinedValues: true }));
    const through = tick - (customer.history ?? 4 * hour);
    ledger.put(undefined, cursorItem(customer.accountId, through, wasSilent(customer)));
  }
  const state = createTable(['name']);
  state.put(undefined, silencesItem(customers.filter(wasSilent).slice(0, 10)));
  const database: Database = {
    accounts,
    ledger,
    state,
    rows: createAuditRows(world, new Map(), 100, () => undefined),
    indexed: () => [],
    onRecordRead: () => undefined,
    onCursorThere: () => undefined,
  };
  let queue: Queue | undefined;
  const theQueue = (): Queue => {
    if (!queue) throw new TypeError('The queue is not there yet');
    return queue;
  };
  const fleet = createExporterFleet({
    world,
    database,
    queue: theQueue,
    openBucket,
    onRead: () => undefined,
    onCount: () => undefined,
    secrets: secretsOf(customers),
    ownerOf: () => '',
    eventClient: createEventBus(world, () => undefined),
    settleSeconds: 0,
    limits: () => ({ partBytes: 1_073_741_824, level: 1, mapping: 'm1' }),
    startProcess: name =>
      createProcess(world, { name, skew: 0, faultsPerHundredCalls: 0, outageOf: () => undefined, latency }),
    invocations: new Map(),
    messagesPerInvocation: 1,
    slots,
    onFailed: () => undefined,
    onDone: () => undefined,
  });
  queue = createQueue(world, fleet.receive, () => undefined);
  for (const { accountId } of shuffled(customers, chance.below))
    queue.send(encodeMessage({ accountId, tick }), dueAfter(accountId));
  await world.runUntil(tick + lasts);
  return { delays, silences, violations: world.violations };

  function dueAfter(accountId: string): number {
    return byId.get(accountId)?.dueAfter ?? 0;
  }

  function openBucket(process: Process, { accountId, silenceMs }: Opening): Bucket {
    const customer = byId.get(accountId);
    if (!customer) throw new TypeError(`There is no account ${accountId}`);
    return {
      async create({ key, body }, { signal }) {
        for await (const _ of body) signal.throwIfAborted();
        if (isSilent(customer, world.now() - tick)) {
          silences++;
          await process.wait(silenceMs);
          return unclear(new ExportError('no_answer', 'The cloud is silent'));
        }
        await process.wait(customer.fileTakes ?? chance.integer(150, 250));
        if (objects.has(key)) return exists('The object is there');
        objects.add(key);
        return created;
      },
      close: () => undefined,
    };
  }
}

/** The last attempt at the buckets that have been silent since the previous window. */
const silentAt = new Date(tick - 10 * 60_000).toISOString();

function cursorItem(accountId: string, through: number, wasSilent: boolean) {
  const exportedThrough = new Date(through).toISOString();
  return marshall({
    accountId,
    entry: 'cursor',
    exportedThrough,
    version: 1,
    lastWrite: '',
    attempts: {},
    failures: wasSilent ? 8 : 0,
    ...(wasSilent && { lastError: { code: 'no_answer', message: '', at: silentAt } }),
  });
}

function silencesItem(silent: readonly Customer[]) {
  const notes = silent.map(({ destination }) => {
    const { bucket, region } = targetOf(destination);
    return [`silent ${bucket}`, `${silentAt} ${silentAt} ${region}`];
  });
  return marshall({ name: silencesName, ...Object.fromEntries(notes) });
}

function shuffled<T>(list: readonly T[], below: (limit: number) => number): readonly T[] {
  const copy = [...list];
  for (let index = copy.length - 1; index > 0; index--) {
    const other = below(index + 1);
    [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
  }
  return copy;
}
