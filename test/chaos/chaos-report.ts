import { readLedger } from '../../local/delivery/ledger-reader.ts';
import { ownerOf, readObjects, type StoredObject } from '../../local/delivery/stored-objects.ts';
import type { PoolCounts } from './exporter-pool.ts';
import type { FaultCounts, FaultName, FaultySide } from './faults.ts';
import { bucketsOf } from './object-watch.ts';
import { judgeAccount } from './oracle.ts';
import type { ChaosServers } from './servers.ts';
import type { Workload } from './workload.ts';

export interface ChaosReport extends PoolCounts {
  readonly accounts: number;
  readonly windows: number;
  readonly objects: number;
  readonly rows: number;
  readonly bytes: number;
  readonly faults: Record<FaultySide, FaultCounts>;
  /** Everything that is wrong, one sentence each. */
  readonly problems: readonly string[];
}

interface Evidence {
  readonly servers: ChaosServers;
  readonly workload: Workload;
  readonly lastTick: number;
  /** The findings of the object watch. */
  readonly watched: readonly string[];
  readonly pool: PoolCounts;
  readonly faults: Record<FaultySide, FaultCounts>;
}

/** Reads buckets, ledger and events, and lets the oracle judge them. */
export async function collectReport({
  servers: { aws, clouds, environment },
  workload: { accounts },
  lastTick,
  watched,
  pool,
  faults,
}: Evidence): Promise<ChaosReport> {
  const objects = new Map<string, StoredObject[]>(accounts.map(({ record }) => [record.accountId, []]));
  const problems = [...watched];
  for await (const object of readObjects(bucketsOf(accounts.map(({ record }) => record)), clouds)) {
    const own = objects.get(ownerOf(object.key) ?? '');
    if (own) own.push(object);
    else problems.push(`${object.cloud}://${object.bucket}/${object.key} is of no account`);
  }
  const totals = { windows: 0, objects: 0, rows: 0, bytes: 0 };
  for (const account of accounts) {
    const { accountId } = account.record;
    const { problems: found, ...delivery } = judgeAccount({
      account,
      objects: objects.get(accountId) ?? [],
      ledger: await readLedger(aws.dynamodb, environment.ledgerTable, accountId),
      events: aws.events.events.filter(({ detail }) => detail.accountId === accountId),
      lastTick,
    });
    problems.push(...found);
    totals.windows += delivery.windows;
    totals.objects += delivery.files;
    totals.rows += delivery.records;
    totals.bytes += delivery.bytes;
  }
  return { ...pool, accounts: accounts.length, ...totals, faults, problems };
}

/** The report for people. */
export function describeReport(report: ChaosReport): string {
  const { kills, killsAtWork, invocations, failedMessages, windows, objects, rows, bytes } = report;
  const played = (side: FaultySide) =>
    (Object.entries(report.faults[side]) as [FaultName, number][])
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  return [
    `kills: ${kills}, of them ${killsAtWork} at work; invocations: ${invocations}, failed: ${failedMessages}`,
    `faults of the clouds: ${played('cloud')}`,
    `faults of AWS: ${played('aws')}`,
    `accounts: ${report.accounts}, windows: ${windows}, objects: ${objects}, rows: ${rows}, MB: ${Math.round(bytes / 1e6)}`,
  ].join('\n');
}
