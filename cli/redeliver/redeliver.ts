import type { Command } from 'commander';
import type { AuditLog } from '../../lambdas/aws/audit-log.ts';
import { createAuditLog } from '../../lambdas/aws/audit-log.ts';
import type { Bucket } from '../../lambdas/buckets/bucket.ts';
import type { Account } from '../../lambdas/domain/account.ts';
import type { DeliveredFile } from '../../lambdas/domain/delivered-file.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { contentTypes, objectMetadata } from '../../lambdas/domain/object-key.ts';
import { compressionLevel, placeName, placeOf } from '../../lambdas/domain/recipe.ts';
import type { ExporterEnvironment } from '../../lambdas/environment.ts';
import { checkRecord } from '../account/check-record.ts';
import { remedyFor } from '../account/remedy.ts';
import { existingRecord, openStores } from '../account/stores.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import { filesOfWindow } from '../delivered-window.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import type { Target } from '../target/target.ts';
import { createProbe } from '../verify/probe.ts';
import { counted, parseInstant, size } from '../wording.ts';
import { packAgain } from './pack-again.ts';

interface RedeliverOptions {
  readonly window: string;
  readonly asItIsNow?: boolean;
}

export function registerRedeliver(program: Command, run: Run): void {
  program
    .command('redeliver')
    .description(
      'write the files of a delivered window again that the customer has lost: same keys, same bytes',
    )
    .argument('<account>', 'the account’s id')
    .requiredOption('--window <end>', 'the window’s end, as "deliveries" shows it: 2026-11-22T18:30Z')
    .option('--as-it-is-now', 'even if the audit log no longer gives the bytes that were delivered then')
    .addHelpText(
      'after',
      `
A file that is still there is never overwritten. The ledger stays as it is: it tells of the same file.
Exit code 1 if a file is there already, or cannot be made again as it was.

Example:
  siem-export redeliver acme --stage prod --window 2026-11-22T07:00Z`,
    )
    .action(run(redeliver));
}

type Outcome = 'written' | 'there already' | 'changed';

async function redeliver(
  context: CommandContext,
  accountId: string,
  { window, asItIsNow = false }: RedeliverOptions,
): Promise<Report> {
  const end = parseInstant(window, '--window');
  const target = await context.target();
  const account = checkRecord(await existingRecord(openStores(target), accountId));
  const files = await filesOfWindow(target, accountId, end);
  checkPlace(files, account);

  const environment = await target.environment();
  const auditLog = openAuditLog(target, environment);
  const bucket = await openOwnBucket(target, account);
  const outcomes: { file: DeliveredFile; outcome: Outcome; records: number }[] = [];
  try {
    let after: string | undefined;
    for (const file of files) {
      context.terminal.progress(`Making ${file.key} again`);
      const work = { account, file, after, auditLog, bucket, environment, asItIsNow };
      outcomes.push({ file, ...(await redeliverFile(work)) });
      after = file.lastSortKey;
    }
  } catch (thrown) {
    throw explained(thrown, account, target);
  } finally {
    bucket.close();
  }
  return {
    problem: outcomes.some(({ outcome }) => outcome !== 'written'),
    json: {
      accountId,
      windowEnd: toIso(end),
      files: outcomes.map(({ file, outcome }) => ({ key: file.key, outcome })),
    },
    lines: ({ paint }) =>
      outcomes.map(({ file, outcome, records }) =>
        outcome === 'written'
          ? `${paint('green', '✓')} ${file.key}: written again, ${counted(records, 'record')}, ${size(file.bytes)}`
          : `${paint('red', '✗')} ${file.key}: ${describeRefusal(outcome, file, records)}`,
      ),
  };
}

function checkPlace(files: readonly DeliveredFile[], account: Account): void {
  const present = placeName(placeOf(account.destination));
  const other = files.map(({ place }) => placeName(place)).find(place => place !== present);
  if (other !== undefined)
    throw new CommandError(
      'usage',
      `The window was delivered to ${other}, and the account's destination is now ${present}, whose credential would not fit: the files can be written again only while the account points to ${other}`,
    );
}

function openAuditLog(target: Target, { auditLog: source }: ExporterEnvironment): AuditLog {
  const client = source.region === undefined ? target.dynamodb : target.dynamodbIn(source.region);
  return createAuditLog({ client, source });
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

interface Work {
  readonly account: Account;
  readonly file: DeliveredFile;
  readonly after: string | undefined;
  readonly auditLog: AuditLog;
  readonly bucket: Bucket;
  readonly environment: ExporterEnvironment;
  readonly asItIsNow: boolean;
}

/** Made twice: once to see that it comes out as it was, then on its way to the bucket. */
async function redeliverFile(work: Work): Promise<{ outcome: Outcome; records: number }> {
  const { account, file, bucket, environment } = work;
  const { signal } = new AbortController();
  const { level, records } = await findLevel(work, signal);
  if (level === undefined && !work.asItIsNow) return { outcome: 'changed', records };

  const { window, part, format, compression } = file;
  const name = { accountId: account.accountId, windowEnd: window.end, part, compression };
  const repacking = { ...work, accountId: account.accountId, level: level ?? compressionLevel };
  const creation = await bucket.create(
    {
      key: file.key,
      body: packAgain(repacking, signal).body,
      contentType: contentTypes[compression],
      metadata: objectMetadata(name, window.start, format, environment.writerVersion),
    },
    signal,
  );
  return { outcome: creation === 'exists' ? 'there already' : 'written', records };
}

/**
 * The level of compression at which the file comes out as it was; none if its rows are others now. The ledger does not
 * keep the level, and an earlier release may have used another.
 */
async function findLevel(
  work: Work,
  signal: AbortSignal,
): Promise<{ level: number | undefined; records: number }> {
  const { account, file } = work;
  let records = 0;
  for (const level of [compressionLevel, ...levels.filter(other => other !== compressionLevel)]) {
    const trial = packAgain({ ...work, accountId: account.accountId, level }, signal);
    for await (const _ of trial.body) signal.throwIfAborted();
    const figures = trial.figures();
    records = figures.records;
    if (figures.sha256 === file.sha256) return { level, records };
    if (figures.uncompressedBytes !== file.uncompressedBytes) break;
  }
  return { level: undefined, records };
}

const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9];

function describeRefusal(outcome: Outcome, file: DeliveredFile, records: number): string {
  if (outcome === 'there already') return 'an object has this key; it is not overwritten';
  return `the audit log now gives ${counted(records, 'record')} and other bytes than the ${counted(file.records, 'record')} delivered then; --as-it-is-now writes them all the same`;
}

function explained(thrown: unknown, account: Account, { command, outputs }: Target): unknown {
  if (!(thrown instanceof ExportError)) return thrown;
  const remedy = remedyFor(thrown, account, { command, exporterRoleArn: outputs.ExporterRoleArn });
  return new CommandError(
    'problem',
    `${thrown.code}: ${thrown.message}\n  → ${remedy.replaceAll('\n', '\n  → ')}`,
    {
      cause: thrown,
    },
  );
}
