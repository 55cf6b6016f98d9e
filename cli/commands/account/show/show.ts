import type { Command } from 'commander';
import { createCursorReader } from '../../../../lambdas/aws/cursor-reader.ts';
import { type Account, parseSchedule, type S3Destination } from '../../../../lambdas/domain/account.ts';
import type { DeliveredFile } from '../../../../lambdas/domain/delivered-file.ts';
import { expectedOwnerOf } from '../../../../lambdas/domain/destination.ts';
import { ExportError, failureCodes } from '../../../../lambdas/domain/failure.ts';
import { toIso } from '../../../../lambdas/domain/instant.ts';
import { placeName, placeOf } from '../../../../lambdas/domain/recipe.ts';
import type { Credential } from '../../../../lambdas/domain/secret.ts';
import type { Window } from '../../../../lambdas/domain/window.ts';
import type { Run } from '../../../run.ts';
import { idWarnings, quotedId } from '../../../stage/account/account-id.ts';
import type { AccountRecord } from '../../../stage/account/account-record.ts';
import { fixCommands } from '../../../stage/account/check-record.ts';
import { readerWarnings } from '../../../stage/account/reader-fit.ts';
import { remedyFor } from '../../../stage/account/remedy.ts';
import { standingJson, stateStyles } from '../../../stage/account/shown-standing.ts';
import { type Standing, standingOf } from '../../../stage/account/standing.ts';
import { existingRecord, openStores } from '../../../stage/account/stores.ts';
import { unknownAttributes } from '../../../stage/account/unknown-attributes.ts';
import { createProbe } from '../../../stage/bucket/probe.ts';
import type { CommandContext } from '../../../stage/context.ts';
import { createFileReader } from '../../../stage/ledger/ledger-files.ts';
import type { Target } from '../../../stage/target/target.ts';
import { toCommandError } from '../../../stage/unreachable.ts';
import type { Json } from '../../../terminal/json.ts';
import type { Report } from '../../../terminal/report.ts';
import { fields } from '../../../terminal/table.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import {
  counted,
  lagUnknown,
  localWindow,
  size,
  span,
  utcTime,
  utcWindow,
} from '../../../terminal/wording.ts';
import { recordLines, shownRecord } from './shown-record.ts';

export function registerShow(accounts: Command, run: Run): void {
  accounts
    .command('show')
    .description('show an account’s record, next window, last delivery, last error and what to do')
    .argument('<account>', 'the account’s id')
    .action(run(showAccount));
}

async function showAccount(context: CommandContext, accountId: string): Promise<Report> {
  const target = await context.target();
  const { dynamodb, outputs } = target;
  const record = await existingRecord(openStores(target), accountId);
  const ledger = { client: dynamodb, tableName: outputs.ExportLedgerTableName };
  const cursors = await createCursorReader(ledger).cursors([accountId]);
  const last = await createFileReader(ledger).latest(accountId);
  const { settleSeconds } = await target.environment();
  const standing = standingOf(record, cursors.get(accountId), await target.now(), settleSeconds * 1000);
  const { account, faults } = standing;
  const remedy = await remedyOf(standing, target);
  const warnings = [
    ...idWarnings(accountId),
    ...unknownAttributes(record),
    ...(account === undefined ? [] : readerWarnings(account, target.command)),
  ];
  return {
    json: {
      ...standingJson(standing),
      record: (account === undefined ? shownRecord(record, outputs.SecretPrefix) : record) as Json,
      warnings,
      remedy: remedy ?? null,
      lastDelivery: last
        ? {
            key: last.key ?? null,
            windowEnd: toIso(last.window.end),
            records: last.records,
            bytes: last.bytes,
            deliveredAt: toIso(last.deliveredAt),
          }
        : null,
    },
    lines: terminal => describe({ standing, record, faults, warnings, last, remedy, target }, terminal),
  };
}

async function remedyOf(
  { accountId, account, faults, cursor }: Standing,
  target: Target,
): Promise<string | undefined> {
  const { command, outputs } = target;
  if (account === undefined) return fixCommands(accountId, faults, command);
  if (cursor?.lastError === undefined) return undefined;
  return remedyFor(cursor.lastError, account, {
    credential: await readCredential(target, account),
    command,
    exporterRoleArn: outputs.ExporterRoleArn,
    egressAddresses: outputs.EgressAddresses,
  });
}

/** The account’s credential, on which the remedy depends; absent if it cannot be read or parsed. */
async function readCredential(target: Target, account: Account): Promise<Credential | undefined> {
  if (account.secretId === undefined) return undefined;
  const probe = createProbe(target, account);
  try {
    return probe.parse(await probe.readSecret());
  } catch (thrown) {
    // Without the credential, the rest of the account can still be shown.
    if (thrown instanceof ExportError || toCommandError(thrown).code === 'unreachable') return undefined;
    throw thrown;
  }
}

interface Shown {
  readonly standing: Standing;
  readonly record: AccountRecord;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
  readonly last: DeliveredFile | undefined;
  readonly remedy: string | undefined;
  readonly target: Target;
}

function describe(shown: Shown, terminal: Terminal): string[] {
  const { paint } = terminal;
  const { standing, record, faults, warnings, last, remedy, target } = shown;
  const { accountId, state, account, cursor, nextWindow } = standing;
  const error = cursor?.lastError;
  // The time zone may be valid although the rest of the record is not.
  const timeZone = parseSchedule(record)?.timeZone;
  return fields(
    [
      ['account', quotedId(accountId)],
      ['state', paint(stateStyles[state], state)],
      ['faults', faults.length === 0 ? undefined : faults.join('\n')],
      ['warnings', warnings.length === 0 ? undefined : paint('yellow', warnings.join('\n'))],
      [
        'record',
        account ? undefined : recordLines(record, target.outputs.SecretPrefix).join('\n') || 'empty',
      ],
      ['time zone', account?.timeZone],
      ['destination', account && placeName(placeOf(account.destination))],
      ...(account?.destination.type === 's3' ? describeS3(account.destination) : []),
      ['secret', account?.secretId],
      ['file', account && describeFiles(account)],
      ['reader', account?.reader],
      ['export from', account?.exportFrom === undefined ? undefined : utcTime(account.exportFrom)],
      ['add-on expires', account?.addOnExpiresAt === undefined ? undefined : utcTime(account.addOnExpiresAt)],
      ['next window', nextWindow && describeWindow(nextWindow, timeZone)],
      ['exported through', cursor ? utcTime(cursor.exportedThrough) : 'nothing yet'],
      ['last delivery', last && describeFile(last, target.lagKnown)],
      [
        'last error',
        error &&
          `${error.code}: ${failureCodes[error.code].meaning}\n${error.message}\n${counted(cursor?.failures ?? 0, 'failure')} since the last file, the latest at ${utcTime(error.at)}`,
      ],
      ['what to do', remedy],
    ],
    terminal,
  );
}

function describeWindow(window: Window, timeZone: string | undefined): string {
  const inUtc = utcWindow(window);
  return timeZone === undefined ? inUtc : `${localWindow(window, timeZone)} ${timeZone}\n${inUtc}`;
}

function describeFiles({ format, compression, emptyWindows }: Account): string {
  const packed = compression === 'none' ? 'not packed' : compression;
  return `${format}, ${packed}${emptyWindows === 'skip' ? ', none for a window without records' : ''}`;
}

function describeS3(destination: S3Destination) {
  const { region, roleArn, externalId, kmsKeyId } = destination;
  return [
    ['region', region],
    ['bucket owner', expectedOwnerOf(destination)],
    ['role', roleArn],
    ['external id', externalId],
    ['KMS key', kmsKeyId],
  ] as const;
}

function describeFile(
  { key, window, records, bytes, deliveredAt }: DeliveredFile,
  lagKnown: boolean,
): string {
  const lag = lagKnown
    ? `${span(deliveredAt - window.end)} after the window's end`
    : `lag unknown: ${lagUnknown}`;
  return `${key ?? 'no file, because the window had no records'}\n${counted(records, 'record')}, ${size(bytes)}; at ${utcTime(deliveredAt)}, ${lag}`;
}
