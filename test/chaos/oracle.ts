import { toIso } from '../../lambdas/domain/instant.ts';
import { objectKey } from '../../lambdas/domain/object-key.ts';
import { boundaryAtOrBefore } from '../../lambdas/domain/window.ts';
import type { LocalAccount } from '../../local/account.ts';
import type { AccountLedger } from '../../local/delivery/ledger-reader.ts';
import type { StoredObject } from '../../local/delivery/stored-objects.ts';
import { unpackRecords } from '../../local/delivery/unpack.ts';
import { type AccountDelivery, verifyAccount } from '../../local/delivery/verify.ts';
import type { PublishedEvent } from '../../local/servers/events-server.ts';

export interface AccountEvidence {
  readonly account: LocalAccount;
  readonly objects: readonly StoredObject[];
  readonly ledger: AccountLedger;
  /** The account’s events in order of arrival. */
  readonly events: readonly PublishedEvent[];
  readonly lastTick: number;
}

/**
 * Everything that must hold at the end: each owed row is once in the object of its window; ledger and objects agree
 * on bytes, checksum and number of records; windows tile; files were committed in order; no event asked for a person
 * without a reason.
 */
export function judgeAccount(evidence: AccountEvidence): AccountDelivery {
  const { account, objects, ledger, lastTick } = evidence;
  const delivery = verifyAccount(account, objects, ledger, lastTick);
  const own = [...tilingProblems(evidence), ...recordProblems(evidence), ...eventProblems(evidence)];
  const { accountId } = account.record;
  return { ...delivery, problems: [...delivery.problems, ...own.map(problem => `${accountId}: ${problem}`)] };
}

function tilingProblems({ account: { record }, ledger }: AccountEvidence): string[] {
  const problems: string[] = [];
  let reached = boundaryAtOrBefore(record.timeZone, Date.parse(record.exportFrom));
  let part = 1;
  for (const file of ledger.files) {
    const { window, key } = file;
    if (window.start !== reached)
      problems.push(`${key} begins at ${toIso(window.start)}, not ${toIso(reached)}`);
    if (file.part !== part) problems.push(`${key} is part ${file.part} where part ${part} follows`);
    const { accountId, compression, destination } = record;
    const due = objectKey(destination.prefix, { accountId, windowEnd: window.end, part, compression });
    const isQuiet = key === undefined && file.records === 0 && record.emptyWindows === 'skip';
    if (key !== due && !isQuiet) problems.push(`the ledger has ${key} where ${due} is due`);
    part = file.final ? 1 : part + 1;
    reached = file.final ? window.end : reached;
  }
  if (part !== 1) problems.push('the last window has no final part');
  if (ledger.cursor?.intent !== undefined || (ledger.cursor?.attempts.length ?? 0) > 0)
    problems.push('the cursor still intends something');
  return problems;
}

/** The number of records in each object is that of the ledger, and time continues from object to object. */
function recordProblems({ account, objects, ledger }: AccountEvidence): string[] {
  const bodies = new Map(objects.map(({ key, body }) => [key, body]));
  const recordedAt = instantsOfRows(account);
  const problems: string[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  for (const { key, records, malformed, format, compression } of ledger.files) {
    const body = key === undefined ? undefined : bodies.get(key);
    if (body === undefined) continue;
    const found = unpackRecords(body, format, compression);
    if (found.length !== records)
      problems.push(`${key} has ${found.length} records, the ledger tells of ${records}`);
    if (malformed > 0) problems.push(`the ledger calls ${malformed} records of ${key} malformed`);
    for (const json of found) {
      const { Date: date, Description, Email } = JSON.parse(json) as Record<string, unknown>;
      const at = recordedAt.get(rowName(date, Description, Email)) ?? latest;
      if (at < latest) problems.push(`${key} has a record of ${toIso(at)} after one of ${toIso(latest)}`);
      latest = Math.max(latest, at);
    }
  }
  return problems;
}

/** The instant of recording of each row whose values are unique. */
function instantsOfRows({ rows }: LocalAccount): Map<string, number | undefined> {
  const instants = new Map<string, number | undefined>();
  for (const { values, recordedAt } of rows) {
    const name = rowName(values.date, values.description, values.email);
    instants.set(name, instants.has(name) ? undefined : recordedAt);
  }
  return instants;
}

function rowName(...values: unknown[]): string {
  return JSON.stringify(values);
}

/** A file may be reported twice, but with the same content; the first reports come in the order of the files. */
function eventProblems({ ledger, events }: AccountEvidence): string[] {
  const problems: string[] = [];
  const told = new Map<string, unknown>();
  for (const { detailType, detail } of events) {
    if (detailType === 'Export Failed' && detail.actionNeeded === true)
      problems.push(`a person was called for ${detail.code}: ${detail.message}`);
    if (detailType !== 'Export Delivered') continue;
    const { sha256 } = detail;
    const key = nameOf(Date.parse(String(detail.windowEnd)), detail.key);
    if (told.has(key) && told.get(key) !== sha256) problems.push(`${key} was delivered with two checksums`);
    told.set(key, sha256);
  }
  const order = [...told.keys()].join('\n');
  if (order !== ledger.files.map(({ window, key }) => nameOf(window.end, key)).join('\n'))
    problems.push('the files were not delivered one after the other, or an event is missing');
  for (const { window, key, sha256 } of ledger.files)
    if (told.get(nameOf(window.end, key)) !== sha256)
      problems.push(`the event of ${key} has another checksum than the ledger`);
  return problems;
}

/** Names a file in events and in the ledger. A window without an object has no key. */
function nameOf(windowEnd: number, key: unknown): string {
  return `${toIso(windowEnd)} ${key}`;
}
