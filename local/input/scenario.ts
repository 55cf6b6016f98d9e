import type { Destination } from '../../lambdas/domain/account.ts';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import { nextBoundary } from '../../lambdas/domain/window.ts';
import type { AccountRecord, AuditRow, Scenario } from '../account.ts';
import { sampleRegion, sampleStorageAccount } from '../sample/accounts.ts';

const bucket = 'audit-logs';
const destinations: readonly [Destination, ...Destination[]] = [
  { type: 's3', bucket, region: sampleRegion },
  { type: 'gcs', bucket },
  { type: 'azure', storageAccount: sampleStorageAccount, container: bucket },
];

const tickInterval = 15 * 60_000;

/**
 * One account for each account id in the rows, distributed over the three clouds, and a single tick at which every
 * row is due: each account then catches up, window by window, from its first row.
 */
export function inputScenario(rows: readonly AuditRow[], timeZone: string, secretPrefix: string): Scenario {
  const byAccount = Map.groupBy(rows, ({ accountId }) => accountId);
  const last = rows.reduce((latest, { recordedAt }) => Math.max(latest, recordedAt), 0);
  const due = nextBoundary(timeZone, last);
  return {
    accounts: [...byAccount].map(([accountId, own], index) => ({
      record: recordOf(accountId, own, index),
      rows: own,
    })),
    ticks: [Math.ceil(due / tickInterval) * tickInterval],
  };

  function recordOf(accountId: string, own: readonly AuditRow[], index: number): AccountRecord {
    const first = own.reduce<Instant>((earliest, { recordedAt }) => Math.min(earliest, recordedAt), last);
    return {
      accountId,
      timeZone,
      status: 'active',
      exportFrom: toIso(first),
      destination: destinations[index % destinations.length] ?? destinations[0],
      secretId: `${secretPrefix}account-${index + 1}`,
      format: 'ndjson',
      compression: 'zip',
    };
  }
}
