import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { createCursorReader } from '../../lambdas/aws/cursor-reader.ts';
import type { Account } from '../../lambdas/domain/account.ts';
import type { Cursor } from '../../lambdas/domain/cursor.ts';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import type { Credential } from '../../lambdas/domain/secret.ts';
import { nextBoundary } from '../../lambdas/domain/window.ts';
import { quotedId } from '../account-id.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { accountCommand } from '../shell-word.ts';
import type { Target } from '../target/target.ts';
import type { Terminal } from '../terminal.ts';
import { localWindow, utcTime } from '../wording.ts';
import { ask, CancelledError } from './ask.ts';
import { askForMissing } from './ask-record.ts';
import { checkRecord, checkSecret, faultAt } from './check-record.ts';
import { customerGrant } from './customer-grant.ts';
import { askForSecret, readSecretFile } from './read-secret.ts';
import { addRecordOptions, type RecordOptions, withOptions } from './record-options.ts';
import type { AccountRecord } from './record-store.ts';
import { nextWindowOf } from './standing.ts';
import { openStores } from './stores.ts';

interface AddOptions extends RecordOptions {
  readonly paused?: boolean;
}

export function registerAdd(accounts: Command, run: Run): void {
  addRecordOptions(accounts.command('add'))
    .description('add an account; on a terminal it asks for what is missing')
    .argument('[account]', 'the account’s id')
    .option('--paused', 'begin paused: nothing is exported until "account resume"')
    .addHelpText(
      'after',
      `
Examples:
  siem-export account add --stage prod
  siem-export account add acme --stage prod --time-zone Europe/Berlin --destination s3 --bucket acme-audit \\
    --bucket-region eu-central-1 --role-arn arn:aws:iam::444455556666:role/siem-export
  siem-export account add globex --stage prod --time-zone Asia/Kolkata --destination gcs --bucket globex-siem \\
    --secret-file globex-key.json

What the customer has to grant is printed, ready to be passed on.`,
    )
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
  // Opened before the first question: whoever has answered them all should not learn then that there is no such stage.
  const target = await context.target();
  const { records, secrets } = openStores(target);
  const accountId = givenId ?? (terminal.interactive ? await askForId(terminal) : undefined);
  if (accountId !== undefined && (await records.read(accountId)) !== undefined)
    throw exists(accountId, target);
  const options = terminal.interactive ? await askForMissing(terminal, given) : given;

  const byRole = Boolean(options.roleArn);
  if (options.secretFile !== undefined && (byRole || options.secretId))
    throw new CommandError(
      'usage',
      '--secret-file, --secret-id, --role-arn: expected one of them, each being a credential of its own',
    );
  const base = { accountId, status: given.paused ? 'paused' : 'active' };
  const record: AccountRecord = withOptions(base, {
    ...options,
    ...(byRole && !options.externalId && { externalId: randomUUID() }),
    ...(!byRole && !options.secretId && { secretId: secrets.nameFor(accountId ?? '') }),
  });
  const account = checkRecord(record);
  const secret = byRole || options.secretId ? undefined : await secretFor(context, options, account);
  const credential = secret === undefined ? undefined : checkSecret(account, secret);
  const { dynamodb, outputs } = target;
  const ledger = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const cursor = (await ledger.cursors([account.accountId])).get(account.accountId);
  const now = await target.now();

  // The secret first: a record without its secret would fail at the next boundary.
  if (secret !== undefined) await secrets.put(secrets.nameFor(account.accountId), secret);
  if (!(await records.create(record))) throw exists(account.accountId, target);
  return report({ record, account, credential, cursor, now }, target);
}

async function askForId(terminal: Terminal): Promise<string> {
  for (;;) {
    const accountId = await ask(terminal, 'Account id: ');
    const fault = faultAt('accountId', { accountId });
    if (fault === undefined) return accountId;
    terminal.note(`  ${fault}`);
  }
}

async function secretFor(
  { terminal }: CommandContext,
  options: AddOptions,
  account: Account,
): Promise<string> {
  if (options.secretFile !== undefined) return readSecretFile(options.secretFile, terminal);
  while (terminal.interactive) {
    try {
      const secret = await askForSecret(terminal, options.destination);
      checkSecret(account, secret);
      return secret;
    } catch (thrown) {
      if (!(thrown instanceof CommandError) || thrown instanceof CancelledError) throw thrown;
      terminal.note(`  ${thrown.message}`);
    }
  }
  throw new CommandError(
    'usage',
    'The credential is missing: give --secret-file <file> (or - for standard input), --secret-id <name> or --role-arn <arn>',
  );
}

function exists(accountId: string, { command }: Target): CommandError {
  return new CommandError(
    'usage',
    `There is an account ${quotedId(accountId)} already: "${accountCommand(`${command} account update`, accountId)}" changes it`,
  );
}

interface Added {
  readonly record: AccountRecord;
  readonly account: Account;
  readonly credential: Credential | undefined;
  /** If the ledger knows the account from earlier. */
  readonly cursor: Cursor | undefined;
  readonly now: Instant;
}

function report(added: Added, { command, outputs }: Target): Report {
  const { record, account, credential, cursor, now } = added;
  const { accountId, timeZone, destination, status } = account;
  const next = nextWindowOf(account, cursor, now);
  const due = next.end > now ? next.end : nextBoundary(timeZone, now);
  const grant = customerGrant(destination, { credential, exporterRoleArn: outputs.ExporterRoleArn });
  return {
    json: {
      record,
      nextWindow: { start: toIso(next.start), end: toIso(next.end) },
      exportedThrough: cursor && toIso(cursor.exportedThrough),
      customerGrant: grant,
    },
    lines: ({ paint }) => [
      `${paint('green', '✓')} ${accountId} is added${status === 'paused' ? ', paused' : ''}.`,
      ...(cursor === undefined
        ? []
        : [
            `  The ledger knows it, exported through ${utcTime(cursor.exportedThrough)}: it goes on there, with every window since.`,
          ]),
      `  Its ${cursor === undefined ? 'first' : 'next'} file covers ${localWindow(next, timeZone)} ${timeZone} and is due at ${utcTime(due)}.`,
      '  The customer grants:',
      ...grant.split('\n').map(line => `    ${line}`),
      `  Next: ${accountCommand(`${command} verify`, accountId)}`,
    ],
  };
}
