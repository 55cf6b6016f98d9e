import type { Command } from 'commander';
import { createCursorReader } from '../../lambdas/aws/cursor-reader.ts';
import { parseSchedule } from '../../lambdas/domain/account.ts';
import type { DeliveredFile } from '../../lambdas/domain/delivered-file.ts';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import type { Run } from '../run.ts';
import { noSuchAccount, openStores } from '../stage/account/stores.ts';
import type { CommandContext } from '../stage/context.ts';
import { findGaps, type Gap, gapWithoutRows } from '../stage/ledger/gaps.ts';
import { createFileReader } from '../stage/ledger/ledger-files.ts';
import type { Report } from '../terminal/report.ts';
import { type Column, table } from '../terminal/table.ts';
import {
  count,
  counted,
  lagUnknown,
  localWindow,
  parseInstant,
  span,
  utcTime,
  utcWord,
} from '../terminal/wording.ts';

export function registerDeliveries(program: Command, run: Run): void {
  program
    .command('deliveries')
    .description('list the delivered windows of an account, and report missing ones')
    .argument('<account>', 'the account’s id')
    .option('--since <instant>', 'only windows that end then or later')
    .addHelpText(
      'after',
      `
Exit code 1 if a window or a part is missing before the point up to which the account is exported. With --since, the time
between the first window listed and the one before it is checked, too. --json adds each file's key and SHA-256.

Example:
  siem-export deliveries acme --stage prod --since 2026-11-22`,
    )
    .action(run(showDeliveries));
}

interface DeliveredWindow {
  readonly files: readonly DeliveredFile[];
  readonly first: DeliveredFile;
  readonly last: DeliveredFile;
}

async function showDeliveries(
  context: CommandContext,
  accountId: string,
  options: { readonly since?: string },
): Promise<Report> {
  const since = options.since === undefined ? undefined : parseInstant(options.since, '--since');
  const target = await context.target();
  const ledger = { client: target.dynamodb, tableName: target.outputs.ExportLedgerTableName };
  const record = await openStores(target).records.read(accountId);
  const cursor = await createCursorReader(ledger).cursor(accountId);
  // A removed account still has deliveries.
  if (record === undefined && cursor === undefined) throw noSuchAccount(accountId, target);
  const timeZone = parseSchedule(record)?.timeZone ?? 'UTC';
  const reader = createFileReader(ledger);
  const files = await reader.files(accountId, since);
  const before = since === undefined ? undefined : await reader.lastBefore(accountId, since);
  const gaps = findGaps(files, cursor, before);
  if (files.length === 0 && before === undefined && cursor && (await reader.wasDelivered(accountId)))
    gaps.push(gapWithoutRows(cursor, timeZone));
  const windows = byWindow(files);
  return {
    problem: gaps.length > 0,
    json: {
      accountId,
      timeZone,
      windows: windows.map(window => windowJson(window, target.lagKnown)),
      gaps: gaps.map(({ what, window }) => ({ what, start: toIso(window.start), end: toIso(window.end) })),
    },
    lines: terminal => [
      ...(windows.length === 0 ? [] : table(columnsFor(timeZone, target.lagKnown), windows, terminal)),
      summary(windows, since),
      ...(target.lagKnown || windows.length === 0 ? [] : [`Lag unknown: ${lagUnknown}.`]),
      ...gaps.map(gap => terminal.paint('red', `✗ ${describeGap(gap)}`)),
      ...(gaps.length === 0 && windows.length > 0
        ? [
            `${terminal.paint('green', '✓')} The windows follow each other without a gap${cursor ? ` up to ${utcTime(cursor.exportedThrough)}; "plan" shows what is owed after that` : ''}.`,
          ]
        : []),
    ],
  };
}

function byWindow(files: readonly DeliveredFile[]): DeliveredWindow[] {
  return [...Map.groupBy(files, ({ window }) => window.end).values()].flatMap(parts => {
    const [first, last] = [parts[0], parts.at(-1)];
    return first && last ? [{ files: parts, first, last }] : [];
  });
}

/** A window without records may have no object. */
const objectsIn = (files: readonly DeliveredFile[]) => files.filter(({ key }) => key !== undefined).length;

const sum = (files: readonly DeliveredFile[], figure: 'records' | 'bytes') =>
  files.reduce((total, file) => total + file[figure], 0);

function columnsFor(timeZone: string, lagKnown: boolean): readonly Column<DeliveredWindow>[] {
  return [
    { heading: `window (${timeZone})`, text: ({ first }) => localWindow(first.window, timeZone) },
    { heading: 'ends (UTC)', text: ({ first }) => utcWord(first.window.end) },
    { heading: 'files', align: 'right', text: ({ files }) => count(objectsIn(files)) },
    { heading: 'records', align: 'right', text: ({ files }) => count(sum(files, 'records')) },
    { heading: 'bytes', align: 'right', text: ({ files }) => count(sum(files, 'bytes')) },
    {
      heading: 'lag',
      align: 'right',
      text: ({ last }) => {
        if (!last.final) return 'in parts';
        return lagKnown ? span(last.deliveredAt - last.window.end) : '-';
      },
    },
  ];
}

function summary(windows: readonly DeliveredWindow[], since: Instant | undefined): string {
  const files = windows.flatMap(window => window.files);
  if (files.length === 0)
    return since === undefined
      ? 'Nothing has been delivered yet.'
      : `No window that ended at ${utcTime(since)} or later was delivered.`;
  return `${counted(windows.length, 'window')}, ${counted(objectsIn(files), 'file')}, ${counted(sum(files, 'records'), 'record')}`;
}

function describeGap({ what, window }: Gap): string {
  return `${what}: ${utcTime(window.start)} to ${utcTime(window.end)}`;
}

function windowJson({ files, last }: DeliveredWindow, lagKnown: boolean) {
  return {
    start: toIso(last.window.start),
    end: toIso(last.window.end),
    complete: last.final,
    records: sum(files, 'records'),
    lagSeconds: lagKnown ? (last.deliveredAt - last.window.end) / 1000 : null,
    files: files.map(fileJson),
  };
}

function fileJson({
  window: _,
  place,
  key,
  mapping,
  lastSortKey,
  startedAt,
  deliveredAt,
  ...file
}: DeliveredFile) {
  const { type, storageAccount, cloud, bucket, prefix } = place;
  return {
    key: key ?? null,
    ...file,
    mapping: mapping ?? null,
    place: {
      type,
      storageAccount: storageAccount ?? null,
      cloud: cloud ?? null,
      bucket,
      prefix: prefix ?? null,
    },
    lastSortKey: lastSortKey ?? null,
    startedAt: toIso(startedAt),
    deliveredAt: toIso(deliveredAt),
  };
}
