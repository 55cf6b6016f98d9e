import type { DynamoDBClient, WriteRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import { windowsAfter } from '../../lambdas/domain/plan.ts';
import { boundaryAtOrBefore } from '../../lambdas/domain/window.ts';
import type { AccountRecord, AuditRow } from '../../local/account.ts';
import { sortKeyOf, writeBatch } from '../../local/provision.ts';
import type { Random } from '../../local/sample/random.ts';
import { sampleRows } from '../../local/sample/rows.ts';

/** More than a cloud accepts in one request, so that the file is uploaded in several. */
const bulkyRows = 33;
const bulkyBytes = 370_000;
const rowsPerBatch = 25;
const bytesPerBatch = 8_000_000;

export type Workload = ReturnType<typeof createWorkload>;

/** The accounts, and the rows recorded as virtual time advances. */
export function createWorkload(
  records: readonly AccountRecord[],
  from: Instant,
  { dynamodb, auditLogTable, random }: { dynamodb: DynamoDBClient; auditLogTable: string; random: Random },
) {
  const accounts = records.map(record => ({ record, rows: [] as AuditRow[] }));
  const reached = new Map(
    records.map(({ accountId, timeZone }) => [accountId, boundaryAtOrBefore(timeZone, from)]),
  );

  return {
    accounts,
    /** The number of windows of all accounts that end by then. */
    windowsUntil: (tick: Instant) =>
      records.reduce(
        (sum, { timeZone }) =>
          sum + [...windowsAfter(timeZone, boundaryAtOrBefore(timeZone, from), tick)].length,
        0,
      ),
    /** Records the rows of every window that ends by then. If `bulky`, the file has many megabytes. */
    async recordUntil(tick: Instant, bulky: boolean): Promise<void> {
      const bulkyAccount = bulky ? random.below(accounts.length) : -1;
      for (const [index, { record, rows }] of accounts.entries()) {
        const { accountId, timeZone } = record;
        const since = reached.get(accountId) ?? from;
        const until = boundaryAtOrBefore(timeZone, tick);
        if (until <= since) continue;
        const fresh = sampleRows(accountId, timeZone, since, until);
        if (index === bulkyAccount) fresh.push(...drawBulky(accountId, since, random));
        await writeRows(dynamodb, auditLogTable, fresh);
        rows.push(...fresh);
        reached.set(accountId, until);
      }
    },
  };
}

/** Text that is hard to compress. */
function drawBulky(accountId: string, since: Instant, random: Random): AuditRow[] {
  return Array.from({ length: bulkyRows }, (_, index) => {
    const recordedAt = since + 60_000 * (index + 1);
    const bytes = Buffer.alloc(Math.ceil((bulkyBytes * 3) / 4));
    for (let offset = 0; offset + 4 <= bytes.length; offset += 4)
      bytes.writeUInt32LE(random.below(2 ** 32), offset);
    const values = { date: toIso(recordedAt), description: bytes.toString('base64') };
    return { accountId, recordedAt, id: `bulky-${index}`, values };
  });
}

async function writeRows(client: DynamoDBClient, table: string, rows: readonly AuditRow[]): Promise<void> {
  let batch: WriteRequest[] = [];
  let bytes = 0;
  for (const [index, row] of rows.entries()) {
    const item = { ...row.values, accountId: row.accountId, recordedAt: sortKeyOf(row) };
    batch.push({ PutRequest: { Item: marshall(item, { removeUndefinedValues: true }) } });
    bytes += String(row.values.description ?? '').length;
    if (batch.length < rowsPerBatch && bytes < bytesPerBatch && index < rows.length - 1) continue;
    await writeBatch(client, table, batch);
    batch = [];
    bytes = 0;
  }
}
