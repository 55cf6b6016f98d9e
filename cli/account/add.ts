import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { type Account, parseAccount } from '../../lambdas/domain/account.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import { firstPosition } from '../../lambdas/domain/plan.ts';
import { type Credential, parseSecret } from '../../lambdas/domain/secret.ts';
import { nextBoundary, type Window } from '../../lambdas/domain/window.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { localWindow, utcTime } from '../wording.ts';
import { ask } from './ask.ts';
import { askForMissing } from './ask-record.ts';
import { customerGrant } from './customer-grant.ts';
import { askForSecret, readSecretFile } from './read-secret.ts';
import { addRecordOptions, type RecordOptions, withOptions } from './record-options.ts';
import type { AccountRecord } from './record-store.ts';
import { shellWord } from './remedy.ts';
import { openStores } from './stores.ts';

interface AddOptions extends RecordOptions {
  readonly paused?: boolean;
}

export function registerAdd(accounts: Command, run: Run): void {
  addRecordOptions(accounts.command('add'))
    .description('add an account; on a terminal it asks for what is missing')
    .argument('[account]', 'the account’s id')
    .option('--paused', 'begin paused: nothing is exported until "account resume"')
    .action(
      run((context, accountId: string | undefined, options: AddOptions) =>
        addAccount(context, accountId, options),
      ),
    );
}

async function addAccount(
  context: CommandContext,
  givenId: string | undefined,
  given: AddOptions,
): Promise<Report> {
  const { terminal } = context;
  const accountId = givenId ?? (terminal.interactive ? await ask(terminal, 'Account id: ') : undefined);
  const options = terminal.interactive ? await askForMissing(terminal, given) : given;
  const target = await context.target();
  const { records, secrets } = openStores(target);

  const byRole = Boolean(options.roleArn);
  const base = { accountId, status: given.paused ? 'paused' : 'active' };
  const record: AccountRecord = withOptions(base, {
    ...options,
    ...(byRole && !options.externalId && { externalId: randomUUID() }),
    ...(!byRole && !options.secretId && { secretId: secrets.nameFor(accountId ?? '') }),
  });
  const account = checkRecord(record);
  const secret = byRole || options.secretId ? undefined : await secretFor(context, options);
  const credential = secret === undefined ? undefined : checkSecret(account, secret);

  if ((await records.read(account.accountId)) !== undefined) throw exists(account.accountId);
  // The secret first: a record without its secret would fail at the next boundary.
  if (secret !== undefined) await secrets.put(secrets.nameFor(account.accountId), secret);
  if (!(await records.create(record))) throw exists(account.accountId);
  const first = firstWindow(account, await target.now());
  return report(record, account, credential, first, target.outputs.ExporterRoleArn);
}

async function secretFor({ terminal }: CommandContext, options: AddOptions): Promise<string> {
  if (options.secretFile !== undefined) return readSecretFile(options.secretFile, terminal);
  if (terminal.interactive) return askForSecret(terminal, options.destination);
  throw new CommandError(
    'usage',
    'The credential is missing: give --secret-file <file> (or - for standard input), --secret-id <name> or --role-arn <arn>',
  );
}

/** @throws CommandError `usage` with every fault */
export function checkRecord(record: AccountRecord): Account {
  try {
    return parseAccount(record);
  } catch (thrown) {
    if (!(thrown instanceof ExportError)) throw thrown;
    throw new CommandError('usage', thrown.message.replaceAll(/(?<=: |; )(?=\S+: expected)/g, '\n  '));
  }
}

/** @throws CommandError `usage` with every fault, and no part of the secret */
export function checkSecret({ destination }: Account, secret: string): Credential {
  try {
    return parseSecret(destination.type, secret);
  } catch (thrown) {
    if (!(thrown instanceof ExportError)) throw thrown;
    throw new CommandError('usage', thrown.message);
  }
}

function exists(accountId: string): CommandError {
  return new CommandError(
    'usage',
    `There is an account ${JSON.stringify(accountId)} already: "siem-export account update" changes it`,
  );
}

/** What the first file covers, if the ledger does not know the account from earlier. */
function firstWindow(account: Account, now: Instant): Window {
  const start = firstPosition(account, nextBoundary(account.timeZone, now));
  return { start, end: nextBoundary(account.timeZone, start) };
}

function report(
  record: AccountRecord,
  account: Account,
  credential: Credential | undefined,
  first: Window,
  exporterRoleArn: string | undefined,
): Report {
  const { accountId, timeZone, destination, status } = account;
  const grant = customerGrant(destination, { credential, exporterRoleArn });
  return {
    json: { record, firstWindow: { start: toIso(first.start), end: toIso(first.end) }, customerGrant: grant },
    lines: ({ paint }) => [
      `${paint('green', '✓')} ${accountId} is added${status === 'paused' ? ', paused' : ''}.`,
      `  Its first file covers ${localWindow(first, timeZone)} ${timeZone} and is due at ${utcTime(first.end)}.`,
      '  The customer grants:',
      ...grant.split('\n').map(line => `    ${line}`),
      `  Next: siem-export verify ${shellWord(accountId)}`,
    ],
  };
}
