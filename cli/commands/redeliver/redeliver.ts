import type { Command } from 'commander';
import { createAuditLog } from '../../../lambdas/aws/audit-log.ts';
import { type Pause, pauseAbout } from '../../../lambdas/aws/throttling.ts';
import type { Bucket } from '../../../lambdas/buckets/bucket.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { toIso } from '../../../lambdas/domain/instant.ts';
import { type Place, placeName, placeOf } from '../../../lambdas/domain/recipe.ts';
import type { ExporterEnvironment } from '../../../lambdas/environment.ts';
import type { AuditLog } from '../../../lambdas/exporter/ports.ts';
import type { Run } from '../../run.ts';
import { checkRecord } from '../../stage/account/check-record.ts';
import { remedyFor } from '../../stage/account/remedy.ts';
import { existingRecord, openStores } from '../../stage/account/stores.ts';
import { createProbe } from '../../stage/bucket/probe.ts';
import type { CommandContext } from '../../stage/context.ts';
import { filesOfWindow } from '../../stage/ledger/delivered-window.ts';
import { type ActionsOptions, actionsOption } from '../../stage/local-actions.ts';
import type { Target } from '../../stage/target/target.ts';
import { workThrough } from '../../stage/work.ts';
import { CommandError } from '../../terminal/command-error.ts';
import type { Report } from '../../terminal/report.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { counted, parseInstant, size } from '../../terminal/wording.ts';
import { encodingsFor } from './encoding.ts';
import { type FileWithObject, type Redelivered, redeliverFile } from './redeliver-file.ts';

interface RedeliverOptions extends ActionsOptions {
  readonly window: string;
  readonly asItIsNow?: boolean;
}

export function registerRedeliver(program: Command, run: Run): void {
  program
    .command('redeliver')
    .description(
      'write the files of a delivered window again, if the customer lost them: same keys, same bytes',
    )
    .argument('<account>', 'the account’s id')
    .requiredOption('--window <end>', 'the window’s end, as "deliveries" shows it: 2026-11-22T18:30Z')
    .option(
      '--as-it-is-now',
      'write them even if they differ from those delivered, because rows or actions have changed',
    )
    .addOption(actionsOption())
    .addHelpText(
      'after',
      `
Existing objects are never overwritten. The ledger is not changed. Files of the format ocsf are made again with the actions
of --actions; those with which the stage was deployed at the time give the same bytes.
Exit code 1 if an object exists already, if the file cannot be made again with the same bytes, or if its rows changed during
the upload.

Example:
  siem-export redeliver acme --stage prod --window 2026-11-22T07:00Z`,
    )
    .action(run(redeliver));
}

interface Redone extends Redelivered {
  readonly file: FileWithObject;
  /** With what the events of the format `ocsf` are made now. */
  readonly mapping: string | undefined;
}

async function redeliver(
  context: CommandContext,
  accountId: string,
  options: RedeliverOptions,
): Promise<Report> {
  const { window, asItIsNow = false } = options;
  const end = parseInstant(window, '--window');
  const target = await context.target();
  const account = checkRecord(await existingRecord(openStores(target), accountId));
  const files = await filesOfWindow(target, accountId, end);
  checkPlace(files, account);
  const withObject = filesWithObject(files);

  const environment = await target.environment();
  const encodingOf = encodingsFor(withObject, accountId, environment, options);
  const auditLog = openAuditLog(target, environment, context.terminal);
  const bucket = await openOwnBucket(target, account);
  const { writerVersion } = environment;
  const outcomes: Redone[] = [];
  try {
    let after: string | undefined;
    await workThrough(withObject, {
      atOnce: 1,
      terminal: context.terminal,
      what: 'files are made again',
      again: 'run the same command again to continue; it skips the files that exist',
      async each(file) {
        const encoding = encodingOf(file);
        const work = { accountId, file, after, auditLog, encoding, bucket, writerVersion, asItIsNow };
        const redone = await redeliverFile(work).catch((thrown: unknown) => {
          throw explained(thrown, account, target);
        });
        outcomes.push({ file, mapping: encoding.mapping, ...redone });
        after = file.lastSortKey;
      },
    });
  } finally {
    bucket.close();
  }
  const asAsked = ({ outcome }: Redone) =>
    outcome === 'written' || (outcome === 'written otherwise' && asItIsNow);
  return {
    problem: !outcomes.every(asAsked),
    json: {
      accountId,
      windowEnd: toIso(end),
      files: outcomes.map(({ file, outcome, records, bytes }) => ({
        key: file.key,
        outcome,
        records,
        bytes,
      })),
    },
    lines: ({ paint }) =>
      outcomes.map(redone => {
        const mark = asAsked(redone) ? paint('green', '✓') : paint('red', '✗');
        return `${mark} ${redone.file.key}: ${describe(redone, asItIsNow)}`;
      }),
  };
}

/** A window without records may have no object: then there is nothing to write again. */
function filesWithObject(files: readonly DeliveredFile[]): FileWithObject[] {
  const found = files.filter((file): file is FileWithObject => file.key !== undefined);
  if (found.length > 0) return found;
  throw new CommandError(
    'usage',
    'The window was delivered without a file, because it had no records then (emptyWindows was skip), so there is nothing to write again. "rows" shows the rows that it has now',
  );
}

/** The credential is for the present bucket. The folder does not matter: it is part of the keys. */
function checkPlace(files: readonly DeliveredFile[], account: Account): void {
  const bucketOf = ({ prefix: _, ...bucket }: Place) => placeName(bucket);
  const present = bucketOf(placeOf(account.destination));
  const other = files.map(({ place }) => bucketOf(place)).find(bucket => bucket !== present);
  if (other !== undefined)
    throw new CommandError(
      'usage',
      `The window was delivered to ${other}, but the account's destination is now ${present}, with another credential. The files can only be written again while the destination is ${other}`,
    );
}

function openAuditLog(
  target: Target,
  { auditLog: source }: ExporterEnvironment,
  terminal: Terminal,
): AuditLog {
  const client = source.region === undefined ? target.dynamodb : target.dynamodbIn(source.region);
  const pause: Pause = (milliseconds, signal) => {
    terminal.note(
      `The audit log ${source.tableName} throttles reads: next attempt in about ${milliseconds / 1000} s`,
    );
    return pauseAbout(milliseconds, signal);
  };
  return createAuditLog({ client, source, pause });
}

async function openOwnBucket(target: Target, account: Account): Promise<Bucket> {
  const probe = createProbe(target, account);
  const { destination } = account;
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  try {
    return await probe.open(byRole ? undefined : probe.parse(await probe.readSecret()));
  } catch (thrown) {
    throw explained(thrown, account, target);
  }
}

const isMappedOtherwise = ({ file, mapping }: Redone) => file.mapping !== mapping;

const differs = ({ file, records }: Redone) =>
  `${counted(records, 'record')} and different bytes; ${counted(file.records, 'record')} were delivered`;

function describe(redone: Redone, asItIsNow: boolean): string {
  const { outcome, records, bytes } = redone;
  const figures = `${counted(records, 'record')}, ${size(bytes)}`;
  switch (outcome) {
    case 'written':
      return `written again with the same SHA-256 as in the ledger, ${figures}`;
    case 'written otherwise':
      return asItIsNow
        ? `written with the present rows${isMappedOtherwise(redone) ? ' and actions' : ''}, ${size(bytes)}: ${differs(redone)}. The ledger was not changed`
        : `the rows changed during the upload: the object has ${differs(redone)}. The ledger was not changed`;
    case 'there already':
      return 'the object exists; it was not overwritten';
    case 'changed':
      return `the audit log now gives ${differs(redone)}. To write them, add --as-it-is-now`;
    case 'mapped otherwise':
      return (
        `its events were made with other actions, product name or OCSF version (${redone.file.mapping} in the ledger, ${redone.mapping} now), ` +
        `so there are ${differs(redone)}. Give the actions of then with --actions, or, to write it with those of now, add --as-it-is-now`
      );
  }
}

function explained(thrown: unknown, account: Account, { command, outputs }: Target): unknown {
  if (!(thrown instanceof ExportError)) return thrown;
  const remedy = remedyFor(thrown, account, {
    command,
    exporterRoleArn: outputs.ExporterRoleArn,
    egressAddresses: outputs.EgressAddresses,
  });
  return new CommandError(
    'problem',
    `${thrown.code}: ${thrown.message}\n  → ${remedy.replaceAll('\n', '\n  → ')}`,
    {
      cause: thrown,
    },
  );
}
