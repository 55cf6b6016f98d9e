import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Account } from '../../lambdas/domain/account.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { accountCommand } from '../shell-word.ts';
import { checkRecord, checkSecret } from './check-record.ts';
import { customerGrant } from './customer-grant.ts';
import { readSecretFile } from './read-secret.ts';
import { addRecordOptions, type RecordOptions, withOptions } from './record-options.ts';
import type { AccountRecord } from './record-store.ts';
import { existingRecord, openStores } from './stores.ts';
import { unknownAttributes } from './unknown-attributes.ts';

export function registerUpdate(accounts: Command, run: Run): void {
  addRecordOptions(accounts.command('update'))
    .description('change an account’s record or rotate its secret; an empty value takes an attribute out')
    .argument('<account>', 'the account’s id')
    .addHelpText(
      'after',
      `
Examples:
  siem-export account update acme --stage prod --bucket-region eu-central-1
  siem-export account update acme --stage prod --secret-file new-key.json
  siem-export account update acme --stage prod --prefix ''

--secret-file writes the account's own secret. A secret by another name may serve other accounts: it is left alone, and
the record points to the account's own from then on. To write the shared one for all of them, name it with --secret-id
as well.`,
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
  const { records, secrets, command } = stores;
  const present = await existingRecord(stores, accountId);
  const before = destinationOf(present);
  const options =
    given.roleArn && before.externalId === undefined ? { externalId: randomUUID(), ...given } : given;
  const changes = withOptions(present, options);
  const secret =
    options.secretFile === undefined ? undefined : await readSecretFile(options.secretFile, context.terminal);
  // A secret by another name is not of our making and may serve other accounts, unless it is named here and now.
  const secretId = options.secretId || secrets.nameFor(accountId);
  const record = secret === undefined ? changes : { ...changes, secretId };
  const account = checkRecord(record);
  if (secret === undefined && options.secretId === undefined) checkCloud(account, before.type);
  if (secret !== undefined) {
    checkSecret(account, secret);
    await secrets.put(String(secretId), secret);
  }
  const status = typeof present.status === 'string' ? present.status : undefined;
  if (!(await records.replace(record, status)))
    throw new CommandError(
      'problem',
      `Somebody has paused, resumed or removed ${JSON.stringify(accountId)} meanwhile, so its record was not changed: try again`,
    );

  const changed = [...new Set([...Object.keys(present), ...Object.keys(record)])].filter(
    name => JSON.stringify(present[name]) !== JSON.stringify(record[name]),
  );
  if (secret !== undefined) changed.push('secret');
  const left =
    secret !== undefined && present.secretId !== secretId && present.secretId !== secrets.nameFor(accountId)
      ? present.secretId
      : undefined;
  const warnings = unknownAttributes(record);
  const grant =
    options.roleArn === undefined
      ? undefined
      : customerGrant(account.destination, { exporterRoleArn: target.outputs.ExporterRoleArn });
  return {
    json: { record, changed, secretLeft: left, warnings, customerGrant: grant },
    lines: ({ paint }) => [
      `${paint('green', '✓')} ${accountId}: ${changed.length === 0 ? 'nothing is different' : `changed ${changed.join(', ')}`}.`,
      ...(left === undefined ? [] : [`  The secret ${left} is left as it is: other accounts may use it.`]),
      ...warnings.map(warning => `${paint('yellow', '!')} ${warning}`),
      ...(grant === undefined
        ? []
        : ['  The customer grants:', ...grant.split('\n').map(line => `    ${line}`)]),
      `  Next: ${accountCommand(`${command} verify`, accountId)}`,
    ],
  };
}

/** The destination as it stands in a record, in order or not. */
function destinationOf({ destination }: AccountRecord): Readonly<Record<string, unknown>> {
  return typeof destination === 'object' && destination !== null ? { ...destination } : {};
}

/** @throws CommandError `usage` if the account goes to another cloud with the credential of the one before */
function checkCloud({ destination, secretId }: Account, before: unknown): void {
  const { type } = destination;
  if (before === undefined || before === type || secretId === undefined) return;
  throw new CommandError(
    'usage',
    `The secret ${secretId} holds a credential for ${before}, not for ${type}: give --secret-file or --secret-id as well; nothing was changed`,
  );
}
