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
      'the audit rows behind a delivered window as the table holds them, and what is wrong with them',
    )
    .argument('<account>', 'the account’s id')
    .requiredOption('--window <end>', 'the window’s end, as "deliveries" shows it: 2026-11-22T18:30Z')
    .option('--malformed', 'only rows that could not be delivered as they should be')
    .option('--limit <number>', 'how many rows to show', wholeNumber(1), 10)
    .addHelpText(
      'after',
      `
Prints a customer's data. Malformed rows were delivered as well as they could be. Exit code 1 if there are more rows
than the window's files have, or fewer: a row that is recorded after the settle time is in no file. A stage with
recountAfterHours counts each window so by itself.

Example:
  siem-export rows acme --stage prod --window 2026-11-22T07:00Z --malformed`,
    )
    .action(run(showRows));
}

interface Found {
  readonly row: Json;
  /** What is wrong with it; empty for a row in order. */
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
  // Of a window that is being delivered, the rest of the rows is still to come.
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
      ...shown.flatMap(({ row, faults }) => [
        faults.length === 0
          ? `${paint('green', '✓')} in order`
          : `${paint('yellow', '!')} ${faults.join('; ')}`,
        `    ${displayName(JSON.stringify(row), Number.POSITIVE_INFINITY)}`,
      ]),
    ],
  };
}

function describeDifference(difference: number): string[] {
  const rows = counted(Math.abs(difference), 'row');
  const [is, was] = Math.abs(difference) === 1 ? ['is', 'was'] : ['are', 'were'];
  if (difference > 0) return [`${rows} ${is} in no file (recorded late)`];
  return difference < 0 ? [`${rows} that ${was} delivered ${is} no longer there`] : [];
}

/** With every attribute, also those that are not delivered: a wrong name in the configuration shows beside the right. */
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
      // BETWEEN includes its upper bound, which belongs to the next window.
      if (String(row[source.sortKey]) !== excluded)
        yield { row: JSON.parse(JSON.stringify(row, printable)), faults: faultsOf(item, row, source) };
    }
}

/** A number, or its digits if JavaScript would round them. */
function exactly(digits: string): number | string {
  return String(Number(digits)) === digits ? Number(digits) : digits;
}

/** By the rules of `auditRecord`, column by column. */
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
      return dateCell(row, { ...attributes, sortKey }).malformed ? [`${name}: no date that can be read`] : [];
    const [type = 'NULL'] = Object.keys(item[name] ?? {});
    return type === 'S' || type === 'NULL' ? [] : [`${name}: ${kinds[type] ?? type} in the place of text`];
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

/** What JSON has no word for, as text. */
function printable(_name: string, value: unknown): unknown {
  if (value instanceof Set) return [...value];
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
