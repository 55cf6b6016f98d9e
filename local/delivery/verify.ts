import { createHash } from 'node:crypto';
import { displayName } from '../../cli/terminal/display.ts';
import { auditRecord, defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { parseObjectKey } from '../../lambdas/domain/object-key.ts';
import { windowsAfter } from '../../lambdas/domain/plan.ts';
import { isTestObjectKey } from '../../lambdas/domain/test-object.ts';
import { boundaryAtOrBefore, type Window } from '../../lambdas/domain/window.ts';
import type { AuditRow, LocalAccount } from '../account.ts';
import { sortKeyOf } from '../provision.ts';
import type { AccountLedger } from './ledger-reader.ts';
import type { StoredObject } from './stored-objects.ts';
import { unpackRecords } from './unpack.ts';

/** What was delivered to an account, and everything that is wrong with it. */
export interface AccountDelivery {
  readonly account: LocalAccount;
  readonly windows: number;
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
  readonly problems: readonly string[];
}

/**
 * Compares an account’s objects with its rows: every window must have a file, and each row must be in exactly one
 * file, that of its window. Then compares the objects with the ledger, which must have exactly these files.
 */
export function verifyAccount(
  account: LocalAccount,
  objects: readonly StoredObject[],
  ledger: AccountLedger,
  lastTick: number,
): AccountDelivery {
  const { accountId, timeZone, exportFrom, format, emptyWindows } = account.record;
  const problems: string[] = [];
  const from = boundaryAtOrBefore(timeZone, Date.parse(exportFrom));
  const owed = new Map([...windowsAfter(timeZone, from, lastTick)].map(window => [window.end, window]));
  const awaited = awaitedRecords(account.rows, [...owed.values()]);
  const delivered = new Set<number>();
  let records = 0;

  const files = objects.filter(({ key }) => !isTestObjectKey(key));
  for (const { key, body } of files) {
    const name = parseObjectKey(key);
    const awaitedHere = name && awaited.get(name.windowEnd);
    if (!name || !awaitedHere) {
      problems.push(`${key} belongs to no window that was due`);
      continue;
    }
    delivered.add(name.windowEnd);
    try {
      const found = unpackRecords(body, format, name.compression);
      records += found.length;
      const strangers = found.filter(record => !takeOne(awaitedHere, record));
      if (strangers.length > 0)
        problems.push(`${key} has ${strangers.length} duplicate or unexpected records`);
    } catch (thrown) {
      problems.push(`${key} cannot be read: ${String(thrown)}`);
    }
  }
  for (const [end, left] of awaited) {
    const missing = [...left.values()].reduce((sum, count) => sum + count, 0);
    const needsFile = emptyWindows !== 'skip' || left.size > 0;
    if (needsFile && !delivered.has(end)) problems.push(`the window that ends at ${toIso(end)} has no file`);
    if (missing > 0) problems.push(`the window that ends at ${toIso(end)} lacks ${missing} records`);
  }
  problems.push(...compareWithLedger(files, ledger, [...owed.keys()].at(-1) ?? from));
  return {
    account,
    windows: delivered.size,
    files: files.length,
    records,
    bytes: files.reduce((sum, { body }) => sum + body.length, 0),
    problems: problems.map(problem => `${displayName(accountId)}: ${problem}`),
  };
}

/** How often each record must occur, by the end of its window. */
function awaitedRecords(
  rows: readonly AuditRow[],
  owed: readonly Window[],
): Map<number, Map<string, number>> {
  const awaited = new Map(owed.map(({ end }) => [end, new Map<string, number>()]));
  const sorted = rows.toSorted((a, b) => a.recordedAt - b.recordedAt);
  let next = 0;
  for (const row of sorted) {
    while ((owed[next]?.end ?? Number.POSITIVE_INFINITY) <= row.recordedAt) next++;
    const records = awaited.get(owed[next]?.end ?? 0);
    const record = expectedRecord(row);
    records?.set(record, (records.get(record) ?? 0) + 1);
  }
  return awaited;
}

function expectedRecord(row: AuditRow): string {
  const { json } = auditRecord({ ...row.values, recordedAt: sortKeyOf(row) }, defaultAttributes);
  return JSON.stringify(JSON.parse(json));
}

function takeOne(records: Map<string, number>, record: string): boolean {
  const count = records.get(record) ?? 0;
  if (count > 1) records.set(record, count - 1);
  else records.delete(record);
  return count > 0;
}

function compareWithLedger(
  objects: readonly StoredObject[],
  { cursor, files }: AccountLedger,
  end: number,
): string[] {
  const problems: string[] = [];
  const unclaimed = new Map(
    objects.map(object => [placeOf(object.cloud, object.bucket, object.key), object]),
  );
  for (const { place, key, records, bytes, sha256 } of files) {
    if (key === undefined) {
      if (records > 0) problems.push(`the ledger has no key for a file with ${records} records`);
      continue;
    }
    const where = placeOf(place.type, place.bucket, key);
    const object = unclaimed.get(where);
    unclaimed.delete(where);
    if (object === undefined) problems.push(`the ledger has ${where}, which does not exist`);
    else if (object.body.length !== bytes || sha256Of(object.body) !== sha256)
      problems.push(`the ledger has a different size or checksum for ${where}`);
  }
  for (const where of unclaimed.keys()) problems.push(`the ledger does not have ${where}`);
  if (cursor?.exportedThrough !== end)
    problems.push(
      `the ledger's cursor is at ${cursor ? toIso(cursor.exportedThrough) : 'nothing'}, not at ${toIso(end)}`,
    );
  return problems;
}

function placeOf(cloud: string, bucket: string, key: string): string {
  return `${cloud}://${bucket}/${key}`;
}

function sha256Of(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
