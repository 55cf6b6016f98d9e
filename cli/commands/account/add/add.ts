import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { createCursorReader } from '../../../../lambdas/aws/cursor-reader.ts';
import type { Account } from '../../../../lambdas/domain/account.ts';
import type { Cursor } from '../../../../lambdas/domain/cursor.ts';
import { type Instant, toIso } from '../../../../lambdas/domain/instant.ts';
import type { Credential } from '../../../../lambdas/domain/secret.ts';
import { nextBoundary, type Window } from '../../../../lambdas/domain/window.ts';
import type { Run } from '../../../run.ts';
import { idWarnings, otherSpellings, quotedId } from '../../../stage/account/account-id.ts';
import type { AccountRecord } from '../../../stage/account/account-record.ts';
import { checkRecord, faultAt } from '../../../stage/account/check-record.ts';
import { addWithSecret } from '../../../stage/account/claim.ts';
import { customerGrant } from '../../../stage/account/customer-grant.ts';
import { readerWarnings, withFittingFiles } from '../../../stage/account/reader-fit.ts';
import { addRecordOptions, type RecordOptions, withOptions } from '../../../stage/account/record-options.ts';
import { nextWindowOf } from '../../../stage/account/standing.ts';
import { storageAccountHints, storageAccountIn } from '../../../stage/account/storage-account.ts';
import { openStores } from '../../../stage/account/stores.ts';
import { timeZoneWarnings } from '../../../stage/account/time-zone-hint.ts';
import type { CommandContext } from '../../../stage/context.ts';
import { checkSecret, credentialWarnings, refuseUnusedKey } from '../../../stage/secret/check-secret.ts';
import { credentialCheck } from '../../../stage/secret/credential-steps.ts';
import { checkSecretName, namedSecretWarnings } from '../../../stage/secret/named-secret.ts';
import { askForSecret, readSecretFile } from '../../../stage/secret/read-secret.ts';
import type { Target } from '../../../stage/target/target.ts';
import { ask, CancelledError } from '../../../terminal/ask.ts';
import { CommandError } from '../../../terminal/command-error.ts';
import { credentialLook } from '../../../terminal/credential-look.ts';
import { displayName } from '../../../terminal/display.ts';
import type { Json } from '../../../terminal/json.ts';
import type { Report } from '../../../terminal/report.ts';
import { accountCommand } from '../../../terminal/shell-word.ts';
import type { Terminal } from '../../../terminal/terminal.ts';
import { localWindow, utcTime } from '../../../terminal/wording.ts';
import { askForMissing } from './ask-record.ts';

interface AddOptions extends RecordOptions {
  readonly paused?: boolean;
}

export function registerAdd(accounts: Command, run: Run): void {
  addRecordOptions(accounts.command('add'))
    .description('add an account; on a terminal it asks for what is missing')
    .argument('[account]', 'the account’s id')
    .option('--paused', 'add it paused: nothing is exported until "account resume"')
    .addHelpText(
      'after',
      `
Examples:
  siem-export account add --stage prod
  siem-export account add acme --stage prod --time-zone Europe/Berlin --destination s3 --bucket acme-audit \\
    --bucket-region eu-central-1 --role-arn arn:aws:iam::444455556666:role/siem-export
  siem-export account add globex --stage prod --time-zone Asia/Kolkata --destination gcs --bucket globex-siem \\
    --secret-file globex-key.json

Prints the permissions that the customer has to grant, ready to be sent to the customer. If the command is interrupted, the
account may be left paused and without its credential: complete it with "account update --secret-file" and "account resume".
Put an id that begins with a dash last, after --.`,
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
  // Opened before the first question, so that a wrong stage name fails before the operator has answered all
  // questions.
  const target = await context.target();
  const stores = openStores(target);
  const { records, secrets } = stores;
  const accountId = givenId ?? (terminal.interactive ? await askForId(terminal) : undefined);
  if (given.secretId) checkSecretName(given.secretId, secrets);
  if (accountId !== undefined) refuseCredentialAsId(accountId);
  if (accountId !== undefined && (await records.read(accountId)) !== undefined)
    throw exists(accountId, target);
  let secretText: Promise<string> | undefined;
  const readSecret = (file: string) => {
    secretText ??= readSecretFile(file, terminal);
    return secretText;
  };
  const proposal = async () =>
    given.secretFile === undefined ? undefined : storageAccountIn(await readSecret(given.secretFile));
  const options = withFittingFiles(
    terminal.interactive ? await askForMissing(terminal, given, proposal) : given,
  );

  const byRole = Boolean(options.roleArn);
  const base = { accountId, status: given.paused ? 'paused' : 'active' };
  const record: AccountRecord = withOptions(base, {
    ...options,
    ...(byRole && !options.externalId && { externalId: randomUUID() }),
    ...(!byRole && !options.secretId && { secretId: secrets.nameFor(accountId ?? '') }),
  });
  const hints =
    options.destination === 'azure' && !options.storageAccount ? storageAccountHints(await proposal()) : [];
  const account = checkRecord(record, 'nothing was changed', hints);
  refuseUnusedKey(account, { secret: options.secretFile, secretId: options.secretId }, sources);
  if (options.secretFile !== undefined && options.secretId)
    throw new CommandError('usage', `${sources}: expected only one of them, because each is a credential`);
  const secret =
    byRole || options.secretId ? undefined : await secretFor(context, options, account, readSecret);
  const credential = secret === undefined ? undefined : checkSecret(account, secret);
  const { dynamodb, outputs } = target;
  const ledger = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const cursor = await ledger.cursor(account.accountId);
  const now = await target.now();
  const check = credentialCheck(target);
  const warnings = [
    ...idWarnings(account.accountId),
    ...[...(await records.readMany(otherSpellings(account.accountId))).keys()].map(
      other => `there is another account whose id looks the same: ${quotedId(other)}`,
    ),
    ...timeZoneWarnings(account.timeZone),
    ...readerWarnings(account, stores.command),
    ...(secret === undefined
      ? await namedSecretWarnings(account, { client: target.secrets, prefix: outputs.SecretPrefix, ...check })
      : credentialWarnings(account, secret, check)),
  ];

  const end = terminal.beginWork();
  const added = await addWithSecret(record, secret, stores).finally(end);
  if (!added) throw exists(account.accountId, target);
  return report({ record, account, credential, cursor, now, warnings }, target);
}

/** The options that name a credential. */
const sources = '--secret-file, --secret-id, --role-arn';

const credentialAsId = 'This looks like a credential, and account ids are not kept secret: nothing was done';

function refuseCredentialAsId(accountId: string): void {
  if (credentialLook(accountId) !== undefined) throw new CommandError('usage', credentialAsId);
}

function askForId(terminal: Terminal): Promise<string> {
  return ask(terminal, 'Account id:', {
    faultOf: accountId => (credentialLook(accountId) ? credentialAsId : faultAt('accountId', { accountId })),
  });
}

async function secretFor(
  { terminal }: CommandContext,
  options: AddOptions,
  account: Account,
  readSecret: (file: string) => Promise<string>,
): Promise<string> {
  if (options.secretFile !== undefined) return readSecret(options.secretFile);
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
    `The account ${quotedId(accountId)} exists already. To change it: "${accountCommand(`${command} account update`, accountId)}"`,
  );
}

interface Added {
  readonly record: AccountRecord;
  readonly account: Account;
  readonly credential: Credential | undefined;
  /** Present if the account was exported before, and removed since. */
  readonly cursor: Cursor | undefined;
  readonly now: Instant;
  readonly warnings: readonly string[];
}

function report(added: Added, { command, outputs }: Target): Report {
  const { record, account, credential, cursor, now, warnings } = added;
  const { accountId, destination, status } = account;
  const next = nextWindowOf(account, cursor, now);
  const grant = customerGrant(destination, { credential, exporterRoleArn: outputs.ExporterRoleArn });
  return {
    json: {
      record: record as Json,
      nextWindow: { start: toIso(next.start), end: toIso(next.end) },
      exportedThrough: cursor ? toIso(cursor.exportedThrough) : null,
      warnings,
      customerGrant: grant,
    },
    lines: ({ paint }) => [
      `${paint('green', '✓')} ${displayName(accountId)} is added${status === 'paused' ? ', paused' : ''}.`,
      ...(cursor === undefined
        ? []
        : [
            `  The ledger has its earlier deliveries, up to ${utcTime(cursor.exportedThrough)}: the export continues there, with every window since.`,
          ]),
      `  ${expectation(added, next)}`,
      ...warnings.map(warning => `${paint('yellow', '!')} ${warning}`),
      '  The customer has to grant:',
      ...grant.split('\n').map(line => `    ${line}`),
      `  Next: ${accountCommand(`${command} verify`, accountId)}`,
    ],
  };
}

/** When the next file is due and what it covers, or why there will be none. */
function expectation({ account, cursor, now }: Added, next: Window): string {
  const { timeZone, status, addOnExpiresAt } = account;
  if (addOnExpiresAt !== undefined && next.end > addOnExpiresAt)
    return addOnExpiresAt <= now
      ? `Nothing is exported: the add-on ended at ${utcTime(addOnExpiresAt)}.`
      : `Nothing is exported: the add-on ends at ${utcTime(addOnExpiresAt)}, before the window ${localWindow(next, timeZone)} ${timeZone} ends.`;
  const file = `its ${cursor === undefined ? 'first' : 'next'} file covers ${localWindow(next, timeZone)} ${timeZone}`;
  if (status === 'paused') return `Once it is resumed, ${file}.`;
  const due = next.end > now ? next.end : nextBoundary(timeZone, now);
  return `I${file.slice(1)} and is due at ${utcTime(due)}.`;
}
