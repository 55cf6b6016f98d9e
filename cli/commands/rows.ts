import { type AttributeValue, paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Command } from 'commander';
import { queryBetween } from '../../lambdas/aws/audit-log-keys.ts';
import {
  allFields,
  dateCell,
  fieldsIn,
  fieldsOf,
  lacksFields,
  recordColumns,
  type StoredRow,
} from '../../lambdas/domain/audit-record.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { sortKeyBound } from '../../lambdas/domain/sort-key.ts';
import type { Window } from '../../lambdas/domain/window.ts';
import type { AuditLogSource } from '../../lambdas/environment.ts';
import type { Run } from '../run.ts';
import type { CommandContext } from '../stage/context.ts';
import { filesOfWindow } from '../stage/ledger/delivered-window.ts';
import type { Target } from '../stage/target/target.ts';
import { displayName } from '../terminal/display.ts';
import type { Json } from '../terminal/json.ts';
import type { Report } from '../terminal/report.ts';
import { wholeNumber } from '../terminal/whole-number.ts';
import { count, counted, parseInstant, utcWindow } from '../terminal/wording.ts';

interface RowsOptions {
  readonly window: string;
  readonly malformed?: boolean;
  readonly limit: number;
}

export function registerRows(program: Command, run: Run): void {
  program
    .command('rows')
    .description(
      'show the audit rows of a delivered window as stored in the table, and what is wrong with them',
    )
    .argument('<account>', 'the account’s id')
    .requiredOption('--window <end>', 'the window’s end, as "deliveries" shows it: 2026-11-22T18:30Z')
    .option('--malformed', 'only malformed rows')
    .option('--limit <number>', 'how many rows to show', wholeNumber(1), 10)
    .addHelpText(
      'after',
      `
Prints a customer's data. A malformed row was delivered, but not exactly as stored. Exit code 1 if the number of rows differs
from the number of delivered records: a row recorded after the settle time is in no file. With recountAfterHours, a stage
counts each window again automatically.

Example:
  siem-export rows acme --stage prod --window 2026-11-22T07:00Z --malformed`,
    )
    .action(run(showRows));
}

interface Found {
  readonly row: Json;
  /** What is malformed; empty for a valid row. */
  readonly faults: readonly string[];
}

async function showRows(
  context: CommandContext,
  accountId: string,
  { window: end, malformed: malformedOnly = false, limit }: RowsOptions,
): Promise<Report> {
  const target = await context.target();
  const files = await filesOfWindow(target, accountId, parseInstant(end, '--window'));
  const [{ window }] = files;
  const { auditLog } = await target.environment();
  const shown: Found[] = [];
  let [rows, malformed] = [0, 0];
  for await (const found of rowsOf(target, auditLog, accountId, window)) {
    rows++;
    if (found.faults.length > 0) malformed++;
    if (shown.length < limit && (found.faults.length > 0 || !malformedOnly)) shown.push(found);
  }
  const delivered = files.reduce((sum, { records }) => sum + records, 0);
  // While a window is being delivered, its last rows are in no file yet.
  const difference = files.at(-1)?.final ? rows - delivered : 0;
  return {
    problem: difference !== 0,
    json: {
      accountId,
      windowStart: toIso(window.start),
      windowEnd: toIso(window.end),
      rows,
      delivered,
      malformed,
      shown: shown.map(({ row, faults }) => ({ row, faults })),
    },
    lines: ({ paint }) => [
      `${displayName(accountId)}, ${utcWindow(window)}: ${counted(rows, 'row')}, ${count(malformed)} malformed.`,
      ...describeDifference(difference).map(line => `${paint('yellow', '!')} ${line}`),
      ...(shown.length === limit && (malformedOnly ? malformed : rows) > limit
        ? [`Shown: the first ${count(limit)}. For more: --limit <number>`]
        : []),
      ...shown.flatMap(({ row, faults }) => [
        faults.length === 0 ? `${paint('green', '✓')} valid` : `${paint('yellow', '!')} ${faults.join('; ')}`,
        `    ${displayName(JSON.stringify(row), Number.POSITIVE_INFINITY)}`,
      ]),
    ],
  };
}

function describeDifference(difference: number): string[] {
  const rows = counted(Math.abs(difference), 'row');
  const [is, was] = Math.abs(difference) === 1 ? ['is', 'was'] : ['are', 'were'];
  if (difference > 0) return [`${rows} ${is} in no file (recorded late)`];
  return difference < 0 ? [`${rows} that ${was} delivered ${is} no longer in the table`] : [];
}

/**
 * Reads all attributes, also those that are not delivered: so a wrong name in the configuration is visible beside the
 * right one.
 */
async function* rowsOf(
  target: Target,
  source: AuditLogSource,
  accountId: string,
  window: Window,
): AsyncGenerator<Found> {
  const client = source.region === undefined ? target.dynamodb : target.dynamodbIn(source.region);
  const query = queryBetween(source, accountId, window);
  const excluded = sortKeyBound(window.end, source.sortKeyType);
  for await (const { Items = [] } of paginateQuery({ client }, query))
    for (const item of Items) {
      const row: StoredRow = unmarshall(item, { wrapNumbers: exactly });
      // BETWEEN includes the upper bound, which belongs to the next window.
      if (String(row[source.sortKey]) !== excluded)
        yield { row: JSON.parse(JSON.stringify(row, printable)), faults: faultsOf(item, row, source) };
    }
}

/** A number; its digits as text if JavaScript would round them. */
function exactly(digits: string): number | string {
  return String(Number(digits)) === digits ? Number(digits) : digits;
}

/** Applies the rules of `auditRecord` column by column. */
function faultsOf(
  item: Readonly<Record<string, AttributeValue>>,
  row: StoredRow,
  { attributes, sortKey, required = [] }: AuditLogSource,
): string[] {
  const present = fieldsOf(row, { ...attributes, sortKey });
  const lacking = fieldsIn(allFields & ~present).filter(field => required.includes(field));
  const missing = lacking.map(field => `${attributes[field]}: missing, and required`);
  if (lacking.length === 0 && lacksFields(present)) missing.push('every field but the date is missing');
  const unusual = recordColumns.flatMap(([, column]) => {
    const name = attributes[column];
    if (column === 'date')
      return dateCell(row, { ...attributes, sortKey }).malformed ? [`${name}: not a readable date`] : [];
    const [type = 'NULL'] = Object.keys(item[name] ?? {});
    return type === 'S' || type === 'NULL' ? [] : [`${name}: ${kinds[type] ?? type} instead of text`];
  });
  return [...unusual, ...missing];
}

const kinds: Readonly<Record<string, string>> = {
  N: 'a number',
  B: 'binary',
  BOOL: 'true or false',
  M: 'a map',
  L: 'a list',
  SS: 'a set',
  NS: 'a set',
  BS: 'a set',
};

/** Represents sets and binary values, which JSON does not have. */
function printable(_name: string, value: unknown): unknown {
  if (value instanceof Set) return [...value];
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
