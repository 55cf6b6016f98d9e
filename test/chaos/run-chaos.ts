import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { encodeMessage } from '../../lambdas/domain/export-message.ts';
import { variables } from '../../lambdas/environment.ts';
import { startFunction } from '../../local/functions/lambda-function.ts';
import { provision } from '../../local/provision.ts';
import { scheduledEvent } from '../../local/run-ticks.ts';
import { sampleAccounts } from '../../local/sample/accounts.ts';
import { createRandom, type Random } from '../../local/sample/random.ts';
import { waitUntilCaughtUp, waitUntilIdle } from './catch-up.ts';
import { type ChaosReport, collectReport } from './chaos-report.ts';
import { type PoolCounts, startExporterPool } from './exporter-pool.ts';
import { createFaultSource, type FaultCounts, type FaultySide, noFaults, sumOf } from './faults.ts';
import { lapseLeases } from './lapse-leases.ts';
import { bucketsOf, watchObjects } from './object-watch.ts';
import { type ChaosServers, startChaosServers } from './servers.ts';
import { createWorkload, type Workload } from './workload.ts';

export interface ChaosOptions {
  /** The duration of the faults in milliseconds; catching up takes a little longer. */
  readonly duration: number;
  /** Continue for up to two minutes until this many kills happened: for a short run on a busy machine. */
  readonly atLeast?: { readonly kills: number; readonly killsAtWork: number; readonly faults: number };
  /** Determines data and random choices, but not the moments at which faults hit. */
  readonly seed: string;
  /** The folder of the exporter's bundle. */
  readonly bundle: string;
  /** Receives the output of the exporters. */
  readonly log: Writable;
  readonly say: (line: string) => void;
  /** The number of accounts, at most 12, and the number of owed windows at which virtual time waits. */
  readonly accounts?: number;
  readonly mostOwed?: number;
}

/** Clocks go forward on the last Sunday of March in Europe, and back on the first Sunday of April in Lord Howe. */
const begin = Date.parse('2025-03-28T00:00:00Z');
const quarterHour = 900_000;
const processes = 3;
/** All clouds accept 8 MiB in one request, so only the largest size causes an upload of several requests. */
const partBytes = ['8000', '30000', '30000000'] as const;
const longestExtra = 120_000;
const bulkyEvery = 40_000;

/** Exports while processes are killed and requests fail, then waits for the backlog and judges the result. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = createRandom(options.seed);
  const servers = await startChaosServers(prefix => sampleAccounts(options.accounts ?? 12, begin, prefix));
  const dispatcher = await startFunction({
    functionName: 'dispatcher',
    module: new URL('../../lambdas/dispatcher/handler.ts', import.meta.url).href,
    environment: servers.dispatcherEnvironment,
    timeout: 900_000,
    log: options.log,
  });
  try {
    const { aws, environment, accounts, clouds, resources } = servers;
    const workload = createWorkload(accounts, begin, {
      dynamodb: aws.dynamodb,
      auditLogTable: environment.auditLog.tableName,
      random,
    });
    await provision(workload.accounts, {
      ...aws,
      environment,
      credentials: clouds.credentials,
      onRows: () => undefined,
    });
    const watch = watchObjects(bucketsOf(accounts), clouds);
    const faults = { cloud: noFaults(), aws: noFaults() };
    const pool = startExporterPool({
      sqs: aws.sqs,
      queueUrl: resources.exportQueue.url,
      random,
      size: processes,
      onKilled: accountId => lapseLeases(aws.dynamodb, servers.environment.ledgerTable, accountId),
      processOptions: () => ({
        bundle: options.bundle,
        log: options.log,
        environment: { ...servers.exporterEnvironment, [variables.partBytes]: random.pick(partBytes) },
      }),
    });
    try {
      breakThings(servers, faults, random, () => pool.strike());
      const tick = (time: number) => dispatcher.invoke(scheduledEvent(time));
      const reached = await feed(options, { workload, servers, random, tick, counts: pool.counts, faults });

      // An exporter that waits for a request that never completes would otherwise wait for its whole time limit.
      pool.strike();
      pool.calm();
      for (const proxy of [...servers.proxies.cloud, ...servers.proxies.aws])
        proxy.onRequest = () => ({ kind: 'pass' });
      await waitUntilIdle(servers);
      // Within six hours every zone has a boundary, so every account is dispatched.
      const lastTick = reached + 24 * quarterHour;
      await workload.recordUntil(lastTick, false);
      await tick(lastTick);
      options.say('The faults have ceased; the accounts catch up');
      await waitUntilCaughtUp(servers, lastTick);
      await pool.stop();
      const watched = await watch.end();
      return await collectReport({ servers, workload, lastTick, watched, pool: pool.counts, faults });
    } finally {
      await pool.stop();
      await watch.end();
    }
  } finally {
    await dispatcher.close();
    await servers.close();
  }
}

function breakThings(
  { proxies }: ChaosServers,
  faults: Record<FaultySide, FaultCounts>,
  random: Random,
  strike: () => void,
): void {
  for (const side of ['cloud', 'aws'] as const)
    for (const proxy of proxies[side]) {
      const draw = createFaultSource(side, random, faults[side]);
      proxy.onRequest = request => {
        // Besides random times, kills happen on random requests, because work is in progress during a request.
        if (random.next() < 0.004) strike();
        return draw(request);
      };
    }
}

interface Feeding {
  readonly workload: Workload;
  readonly servers: ChaosServers;
  readonly random: Random;
  readonly tick: (time: number) => Promise<unknown>;
  readonly counts: PoolCounts;
  readonly faults: Record<FaultySide, FaultCounts>;
}

/** Advances virtual time as fast as the exporters follow; returns the time reached. */
async function feed(
  { duration, atLeast = { kills: 0, killsAtWork: 0, faults: 0 }, mostOwed = 40, say }: ChaosOptions,
  feeding: Feeding,
): Promise<number> {
  const { workload, servers, random, tick, counts, faults } = feeding;
  const end = performance.now() + duration;
  let time = begin + 32 * quarterHour;
  await workload.recordUntil(time, false);
  await tick(time);
  let nextBulky = performance.now() + bulkyEvery / 2;
  let nextWord = performance.now();
  const isEnough = () =>
    counts.kills >= atLeast.kills &&
    counts.killsAtWork >= atLeast.killsAtWork &&
    sumOf(faults.cloud) >= atLeast.faults;
  while (performance.now() < end || (!isEnough() && performance.now() < end + longestExtra)) {
    if (performance.now() > nextWord) {
      nextWord = performance.now() + 5_000;
      const left = Math.ceil((end - performance.now()) / 1000);
      say(`${new Date(time).toISOString().slice(0, 16)}  kills: ${counts.kills}  ${left} s left`);
    }
    await pause(random.below(300));
    if (random.next() < 0.1) await repeatMessage(servers, time, random);
    if (workload.windowsUntil(time) - deliveredWindows(servers) > mostOwed) continue;
    time += quarterHour * (1 + random.below(24));
    const bulky = performance.now() > nextBulky;
    if (bulky) nextBulky += bulkyEvery;
    await workload.recordUntil(time, bulky);
    await tick(time);
    // A late or duplicate tick must do no harm.
    if (random.next() < 0.2) await tick(time - quarterHour * random.below(8));
  }
  return time;
}

/** Queues deliver at least once, in any order. */
async function repeatMessage({ aws, accounts, resources }: ChaosServers, time: number, random: Random) {
  const { accountId } = accounts[random.below(accounts.length)] ?? { accountId: '' };
  const message = encodeMessage({ accountId, tick: time - quarterHour * random.below(48) });
  await aws.sqs.send(new SendMessageCommand({ QueueUrl: resources.exportQueue.url, MessageBody: message }));
}

function deliveredWindows({ aws }: ChaosServers): number {
  const last = new Set<string>();
  for (const { detailType, detail } of aws.events.events)
    if (detailType === 'Export Delivered' && detail.final === true) last.add(String(detail.key));
  return last.size;
}
