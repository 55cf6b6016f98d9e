import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { createCursorReader } from '../../../lambdas/aws/cursor-reader.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import type { Run } from '../../run.ts';
import type { AccountRecord } from '../../stage/account/account-record.ts';
import { type Change, changeAccount, type NamedSecret } from '../../stage/account/change-account.ts';
import { checkRecord } from '../../stage/account/check-record.ts';
import { customerGrant } from '../../stage/account/customer-grant.ts';
import { readerWarnings } from '../../stage/account/reader-fit.ts';
import { changedAttributes } from '../../stage/account/record-change.ts';
import { addRecordOptions, type RecordOptions, withOptions } from '../../stage/account/record-options.ts';
import { existingRecord, openStores, type Stores } from '../../stage/account/stores.ts';
import { timeZoneWarnings } from '../../stage/account/time-zone-hint.ts';
import { unknownAttributes } from '../../stage/account/unknown-attributes.ts';
import type { CommandContext } from '../../stage/context.ts';
import { checkSecret, credentialWarnings, refuseUnusedKey } from '../../stage/secret/check-secret.ts';
import { credentialCheck } from '../../stage/secret/credential-steps.ts';
import { checkSecretName, namedSecretWarnings } from '../../stage/secret/named-secret.ts';
import { readSecretFile } from '../../stage/secret/read-secret.ts';
import type { Target } from '../../stage/target/target.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { displayName } from '../../terminal/display.ts';
import type { Json } from '../../terminal/json.ts';
import type { Report } from '../../terminal/report.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { utcTime } from '../../terminal/wording.ts';

export function registerUpdate(accounts: Command, run: Run): void {
  addRecordOptions(accounts.command('update'))
    .description('change an account’s record or rotate its secret; an empty value removes the attribute')
    .argument('<account>', 'the account’s id')
    .addHelpText(
      'after',
      `
Examples:
  siem-export account update acme --stage prod --bucket-region eu-central-1
  siem-export account update acme --stage prod --secret-file new-key.json
  siem-export account update acme --stage prod --prefix ''
  siem-export account update initech --stage prod --storage-account initechlogs --secret-file new-sas.json
  siem-export account update acme --stage prod --role-arn '' --secret-file key.json

--secret-file writes the account's own secret. If the record names another secret, which other accounts may share, that
secret is not changed, and the record then names the account's own secret. To rotate a shared secret, name it with
--secret-id as well.

Exit code 1 if somebody else changed the account at the same time and the two changes conflict. The message says what was
written.`,
    )
    .action(run(updateAccount));
}

async function updateAccount(
  context: CommandContext,
  accountId: string,
  given: RecordOptions,
): Promise<Report> {
  if (Object.keys(given).length === 0)
    throw new CommandError('usage', 'Nothing to change: give at least one option, see --help');
  const target = await context.target();
  const stores = openStores(target);
  const { secrets, command } = stores;
  if (given.secretId) checkSecretName(given.secretId, secrets);
  const present = await existingRecord(stores, accountId);
  const text =
    given.secretFile === undefined ? undefined : await readSecretFile(given.secretFile, context.terminal);
  // A shared secret is written only if --secret-id names it in this command.
  const name = given.secretId || secrets.nameFor(accountId);
  const secret = text === undefined ? undefined : { name, secret: text };
  const tooLate = await exportFromWarnings(accountId, given, target);
  const changeOf = changeWith(given, secret, randomUUID());
  const end = context.terminal.beginWork();
  const { before, record, account } = await changeAccount(present, changeOf, secret, stores).finally(end);

  const changed = changedAttributes(before, record);
  if (secret !== undefined) changed.push('secret');
  const left = leftSecret(before, account, stores);
  const warnings = [
    ...unknownAttributes(record),
    ...(given.timeZone ? timeZoneWarnings(account.timeZone) : []),
    ...readerWarnings(account, command),
    ...(await warningsOf(account, secret, given, target)),
    ...tooLate,
  ];
  const grant = given.roleArn
    ? customerGrant(account.destination, { exporterRoleArn: target.outputs.ExporterRoleArn })
    : undefined;
  return {
    json: {
      record: record as Json,
      changed,
      secretLeft: left?.name ?? null,
      warnings,
      customerGrant: grant ?? null,
    },
    lines: ({ paint }) => [
      `${paint('green', '✓')} ${displayName(accountId)}: ${changed.length === 0 ? 'nothing changed' : `changed ${changed.join(', ')}`}.`,
      ...(left === undefined ? [] : [`  The secret ${displayName(left.name, 600)} is ${left.why}.`]),
      ...warnings.map(warning => `${paint('yellow', '!')} ${warning}`),
      ...(grant === undefined
        ? []
        : ['  The customer has to grant:', ...grant.split('\n').map(line => `    ${line}`)]),
      `  Next: ${accountCommand(`${command} verify`, accountId)}`,
    ],
  };
}

/**
 * Applies the options to a record.
 * @param externalId for an account that changes to a role, if none is given
 */
function changeWith(
  given: RecordOptions,
  secret: NamedSecret | undefined,
  externalId: string,
): (present: AccountRecord, outcome?: string) => Change {
  return (present, outcome) => {
    const before = destinationOf(present);
    const options = given.roleArn && before.externalId === undefined ? { externalId, ...given } : given;
    const { secretId, ...others } = withOptions(present, options);
    // A key would not be used beside a role.
    const keptId = given.roleArn && given.secretId === undefined ? undefined : secretId;
    const namedId = secret?.name ?? keptId;
    const record = { ...others, ...(namedId !== undefined && { secretId: namedId }) };
    const account = checkRecord(record, outcome);
    refuseUnusedKey(
      account,
      { secret: secret?.secret, secretId: given.secretId || undefined },
      given.roleArn
        ? '--secret-file, --secret-id, --role-arn'
        : "--secret-file or --secret-id with --role-arn '', or the role in the record",
    );
    if (secret !== undefined) checkSecret(account, secret.secret);
    else if (given.secretId === undefined) checkCloud(account, before.type);
    return { record, account };
  };
}

/** A secret that the record named before the change, and what becomes of it. */
function leftSecret(
  { secretId }: AccountRecord,
  { accountId, secretId: now }: Account,
  { secrets }: Stores,
): { readonly name: string; readonly why: string } | undefined {
  if (typeof secretId !== 'string' || secretId === now) return undefined;
  if (secretId !== secrets.nameFor(accountId))
    return { name: secretId, why: 'not changed: other accounts may use it' };
  const until = now === undefined ? 'stays until the account is removed' : 'not changed';
  return { name: secretId, why: `no longer used, and ${until}` };
}

async function warningsOf(
  account: Account,
  secret: NamedSecret | undefined,
  { secretId, storageAccount, azureCloud }: RecordOptions,
  target: Target,
): Promise<string[]> {
  const check = credentialCheck(target);
  if (secret !== undefined) return credentialWarnings(account, secret.secret, check);
  // The present secret may be for the previous storage account.
  return secretId || storageAccount !== undefined || azureCloud !== undefined
    ? namedSecretWarnings(account, {
        client: target.secrets,
        prefix: target.outputs.SecretPrefix,
        ...check,
      })
    : [];
}

async function exportFromWarnings(
  accountId: string,
  { exportFrom }: RecordOptions,
  { dynamodb, outputs }: Target,
): Promise<string[]> {
  if (!exportFrom) return [];
  const ledger = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const cursor = await ledger.cursor(accountId);
  if (cursor === undefined) return [];
  const through = utcTime(cursor.exportedThrough);
  return [
    `exportFrom is only used before the first export: this account is exported through ${through} and continues there`,
  ];
}

/** The destination in a record that may be invalid. */
function destinationOf({ destination }: AccountRecord): Readonly<Record<string, unknown>> {
  return typeof destination === 'object' && destination !== null ? { ...destination } : {};
}

/**
 * @throws CommandError `usage` if the destination moves to another cloud but the credential is still for the previous
 * one
 */
function checkCloud({ destination, secretId }: Account, before: unknown): void {
  const { type } = destination;
  if (before === undefined || before === type || secretId === undefined) return;
  throw new CommandError(
    'usage',
    `The secret ${secretId} is a credential for ${before}, not for ${type}: give --secret-file or --secret-id as well`,
  );
}
