import { createHash } from 'node:crypto';
import { constants, createReadStream, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import { toIso } from '../../../lambdas/domain/instant.ts';
import type { FileName } from '../../../lambdas/domain/object-key.ts';
import type { Window } from '../../../lambdas/domain/window.ts';
import type { Run } from '../../run.ts';
import type { CommandContext } from '../../stage/context.ts';
import { createFileReader } from '../../stage/ledger/ledger-files.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { printableLine } from '../../terminal/display.ts';
import type { Report } from '../../terminal/report.ts';
import { fields } from '../../terminal/table.ts';
import { whyUnreadable } from '../../terminal/unreadable.ts';
import { count, counted, size, utcTime } from '../../terminal/wording.ts';
import { createRecordCheck, NotUtf8Error, type RecordFigures } from './check-records.ts';
import { contentOf } from './content.ts';
import { differences } from './differences.ts';
import { FileFault } from './entry.ts';
import { packingOf, parseFileName } from './file-name.ts';

interface InspectOptions {
  readonly ledger?: boolean;
}

export function registerInspect(program: Command, run: Run): void {
  program
    .command('inspect')
    .description('check a downloaded file: structure, UTF-8, schema, order, window')
    .argument('<file>', 'a .zip, .json.gz or .json')
    .option('--ledger', 'also compare it with the ledger: is it the file that was delivered?')
    .addHelpText(
      'after',
      `
Without --ledger it needs neither AWS nor local mode. Exit code 1 if something is wrong. Three things are reported but are
not faults: dates out of order and dates outside the window, because files are ordered and cut by the instant of recording;
and records identical to the one before, because an audit log may contain the same record twice.`,
    )
    .action(run(inspect));
}

async function inspect(context: CommandContext, path: string, { ledger }: InspectOptions): Promise<Report> {
  const bytes = await sizeOf(path);
  const name = parseFileName(path);
  const delivered = ledger ? await ledgerRow(context, name) : undefined;
  const checked = await checkContent(path, name, delivered?.window);
  const sha256 = await sha256Of(path);
  const faults = [
    ...checked.faults,
    ...(delivered ? differences(delivered, checked.figures, bytes, sha256) : []),
  ];
  const { figures } = checked;
  return {
    problem: faults.length > 0,
    json: {
      file: basename(path),
      sound: faults.length === 0,
      accountId: name?.accountId ?? null,
      windowStart: delivered ? toIso(delivered.window.start) : null,
      windowEnd: name ? toIso(name.windowEnd) : null,
      part: name?.part ?? null,
      bytes,
      sha256,
      format: figures?.format ?? null,
      records: figures?.records ?? null,
      unreadableDates: figures?.unreadableDates ?? null,
      outOfOrder: figures?.outOfOrder ?? null,
      outsideWindow: figures?.outsideWindow ?? null,
      repeated: figures?.repeated ?? null,
      firstDate: figures?.firstDate ?? null,
      lastDate: figures?.lastDate ?? null,
      faults,
    },
    lines: terminal => [
      ...fields(
        [
          ['file', basename(path)],
          ['account', name && printableLine(JSON.stringify(name.accountId))],
          ['window', describeWindow(name, delivered)],
          ['size', `${size(bytes)} (${count(bytes)} bytes)`],
          ['sha-256', sha256],
          ['format', figures?.format ?? (faults.length === 0 ? 'empty' : undefined)],
          ['records', figures && count(figures.records)],
          ['dates', figures && describeDates(figures)],
          ['note', figures && describeNotes(figures)],
        ],
        terminal,
      ),
      ...(faults.length === 0
        ? [
            `${terminal.paint('green', '✓')} The file is valid${delivered ? ', and it is the one that was delivered.' : '. To see whether it is the one that was delivered, add --ledger.'}`,
          ]
        : faults.map(fault => terminal.paint('red', `✗ ${printableLine(fault)}`))),
    ],
  };
}

async function sizeOf(path: string): Promise<number> {
  if (packingOf(path) === undefined)
    throw new CommandError('usage', `${path}: expected a file that ends in .zip, .json.gz or .json`);
  const found = await lookAt(path);
  if (found.isFile()) return found.size;
  throw new CommandError(
    'usage',
    `${path} cannot be read: it is ${found.isDirectory() ? 'a folder' : 'not a file'}`,
  );
}

async function lookAt(path: string): Promise<Stats> {
  try {
    await access(path, constants.R_OK);
    return await stat(path);
  } catch (thrown) {
    throw new CommandError('usage', `${path} cannot be read: ${whyUnreadable(thrown)}`);
  }
}

async function checkContent(
  path: string,
  name: FileName | undefined,
  window: Window | undefined,
): Promise<{ figures?: RecordFigures; faults: readonly string[] }> {
  const check = createRecordCheck({ window, ascii: packingOf(path) === 'none' });
  try {
    for await (const chunk of contentOf(path, name)) check.take(chunk);
    const figures = check.end();
    return { figures, faults: figures.faults };
  } catch (thrown) {
    if (thrown instanceof FileFault || thrown instanceof NotUtf8Error) return { faults: [thrown.message] };
    throw thrown;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function ledgerRow(context: CommandContext, name: FileName | undefined): Promise<DeliveredFile> {
  if (name === undefined)
    throw new CommandError(
      'usage',
      'The file was renamed, but --ledger needs its original name to find its row in the ledger',
    );
  const { dynamodb, outputs } = await context.target();
  const reader = createFileReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const files = await reader.filesOfWindow(name.accountId, name.windowEnd);
  const row = files.find(({ part }) => part === name.part);
  if (row !== undefined) return row;
  throw new CommandError('problem', 'The ledger has no such file');
}

function describeWindow(
  name: FileName | undefined,
  delivered: DeliveredFile | undefined,
): string | undefined {
  if (name === undefined) return 'unknown: the file was renamed';
  const part = name.part > 1 ? `, part ${name.part}` : '';
  const start = delivered ? `${utcTime(delivered.window.start)} to ` : 'ends ';
  return `${start}${utcTime(name.windowEnd)}${part}`;
}

function describeDates({ firstDate, lastDate }: RecordFigures): string | undefined {
  return firstDate === undefined ? undefined : `${firstDate} to ${lastDate}`;
}

function describeNotes({
  unreadableDates,
  outOfOrder,
  outsideWindow,
  repeated,
}: RecordFigures): string | undefined {
  const notes = [
    unreadableDates > 0 && `${counted(unreadableDates, 'record')} without a readable date`,
    outOfOrder > 0 && `${counted(outOfOrder, 'record')} dated before the one above`,
    outsideWindow > 0 && `${counted(outsideWindow, 'record')} dated outside the window`,
    repeated > 0 && `${counted(repeated, 'record')} the same as the one above`,
  ].filter(note => note !== false);
  return notes.length === 0 ? undefined : notes.join('; ');
}
