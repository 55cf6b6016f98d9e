import type { Command } from 'commander';
import type { Account } from '../../../../lambdas/domain/account.ts';
import type { Run } from '../../../run.ts';
import { quotedId } from '../../../stage/account/account-id.ts';
import type { AccountRecord } from '../../../stage/account/account-record.ts';
import { changedAttributes } from '../../../stage/account/record-change.ts';
import { openStores, type Stores } from '../../../stage/account/stores.ts';
import type { CommandContext } from '../../../stage/context.ts';
import { credentialCheck } from '../../../stage/secret/credential-steps.ts';
import { namedSecretWarnings } from '../../../stage/secret/named-secret.ts';
import type { Target } from '../../../stage/target/target.ts';
import { toCommandError } from '../../../stage/unreachable.ts';
import { workThrough } from '../../../stage/work.ts';
import { CommandError } from '../../../terminal/command-error.ts';
import { displayName } from '../../../terminal/display.ts';
import type { Report } from '../../../terminal/report.ts';
import { accountCommand } from '../../../terminal/shell-word.ts';
import { count, counted } from '../../../terminal/wording.ts';
import { type ImportLine, type LineFault, type LineWarnings, readImportFile } from './import-file.ts';
import { type LineToWrite, writeLine } from './write-line.ts';

interface ImportOptions {
  readonly check?: boolean;
  readonly replace?: boolean;
}

const atOnce = 16;

export function registerImport(accounts: Command, run: Run): void {
  accounts
    .command('import')
    .description('add many accounts; every line is checked before the first account is written')
    .argument('<file>', 'account records as JSON, one per line; - reads standard input')
    .option('--check', 'check the file, write nothing')
    .option(
      '--replace',
      'overwrite existing accounts: a record that differs, and the secret if the line has one',
    )
    .addHelpText(
      'after',
      `
A line:
  {"accountId": "acme", "timeZone": "Europe/Berlin", "status": "active",
   "destination": {"type": "gcs", "bucket": "acme-audit"}, "secretFile": "keys/acme.json"}
The credential is in "secret" (text or JSON) or in the file "secretFile"; "secretId" is the name of an existing secret
below the stage's prefix. An existing account with the same record is skipped, its secret too, so you can repeat an
interrupted import. If somebody adds or changes an account during the import, that account is not overwritten, and the
import stops at its line. An import never resumes a paused account: --replace writes the rest of its record, and says so.

Exit code 2 if a line is faulty: every faulty line is reported, and nothing is written.
Unknown attributes cause a warning. They are stored, because other tools may use them.`,
    )
    .action(run(importAccounts));
}

async function importAccounts(
  context: CommandContext,
  path: string,
  options: ImportOptions,
): Promise<Report> {
  const target = await context.target();
  const stores = openStores(target);
  const { input } = context.terminal;
  const { lines, faults, warnings } = await readImportFile(
    { path, input },
    stores.secrets,
    credentialCheck(target),
  );
  const present = await stores.records.readMany(lines.map(({ account }) => account.accountId));
  const compared = lines.map(line => compare(line, present.get(line.account.accountId)));
  const all: LineFault[] = [
    ...faults,
    ...(options.replace ? [] : compared).flatMap(({ line, account, difference }) =>
      difference === undefined ? [] : [{ line, accountId: account.accountId, fault: difference }],
    ),
  ].sort((one, other) => one.line - other.line);
  if (all.length > 0) throw refusal(all, lines.length + faults.length, warnings);

  const todo = compared.filter(({ present, secret, sameRecord }) => {
    if (present === undefined || !sameRecord) return true;
    // Written even if it may be the same: operators may write secrets but not read them, so they cannot be compared.
    return options.replace && secret !== undefined;
  });
  const secretWarnings = await warningsOfNamedSecrets(lines, target);
  if (!options.check) await writeAll(todo, stores, context);
  return report(
    {
      lines: lines.length,
      written: todo.length,
      secretsOnly: todo.filter(({ sameRecord }) => sameRecord).length,
      stayPaused: compared.filter(({ staysPaused }) => staysPaused).map(({ account }) => account.accountId),
      checkOnly: options.check === true,
      warnings: new Map([...warnings, ...secretWarnings]),
    },
    target,
  );
}

interface ComparedLine extends LineToWrite {
  /** True if only the secret has to be written. */
  readonly sameRecord: boolean;
  /** True if the account is paused and the line says active: an import never resumes an account. */
  readonly staysPaused: boolean;
  /** What differs from the record in the table, as a message; absent if nothing does. */
  readonly difference: string | undefined;
}

function compare(line: ImportLine, present: AccountRecord | undefined): ComparedLine {
  if (present === undefined)
    return { ...line, present, sameRecord: false, staysPaused: false, difference: undefined };
  const staysPaused = present.status === 'paused' && line.account.status === 'active';
  const record = staysPaused ? { ...line.record, status: 'paused' } : line.record;
  const sameRecord = changedAttributes(present, record).length === 0;
  return {
    ...line,
    record,
    present,
    sameRecord,
    staysPaused,
    difference: difference(sameRecord, staysPaused),
  };
}

function difference(sameRecord: boolean, staysPaused: boolean): string | undefined {
  if (!sameRecord) return 'the account exists with a different record (--replace overwrites it)';
  return staysPaused
    ? 'the account is paused; the rest of its record is the same (--replace leaves it paused, and writes the secret if the line has one)'
    : undefined;
}

/** Reads each secret once, even if many lines name it. */
async function warningsOfNamedSecrets(lines: readonly ImportLine[], target: Target): Promise<LineWarnings> {
  const { secrets: client, outputs } = target;
  const reading = { client, prefix: outputs.SecretPrefix, ...credentialCheck(target) };
  const warnings = new Map<string, number[]>();
  const bySecret = Map.groupBy(
    lines.filter(({ secret, account }) => secret === undefined && account.secretId !== undefined),
    ({ account: { destination, secretId } }) =>
      JSON.stringify([secretId, destination.type, ...ownerOf(destination)]),
  );
  const left = bySecret.values();
  const readOn = async () => {
    for (const [first, ...others] of left) {
      if (first === undefined) continue;
      const numbers = [first, ...others].map(({ line }) => line);
      for (const warning of await namedSecretWarnings(first.account, reading))
        warnings.set(warning, [...(warnings.get(warning) ?? []), ...numbers]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, readOn));
  return warnings;
}

/** Which storage account the secret has to be for: accounts that share a secret but not this get different warnings. */
function ownerOf(destination: Account['destination']): readonly unknown[] {
  return destination.type === 'azure' ? [destination.storageAccount, destination.cloud] : [];
}

async function writeAll(
  todo: readonly LineToWrite[],
  stores: Stores,
  { terminal }: CommandContext,
): Promise<void> {
  await workThrough(todo, {
    atOnce,
    terminal,
    what: 'accounts are written',
    again: 'run the same command again to continue',
    each: line =>
      writeLine(line, stores).catch((thrown: unknown) => {
        throw atLine(line, thrown);
      }),
  });
}

function atLine({ line, account }: ImportLine, thrown: unknown): CommandError {
  const { code, message, cause } = toCommandError(thrown);
  return new CommandError(code, `line ${line} (${quotedId(account.accountId)}): ${message}`, { cause });
}

function refusal(faults: readonly LineFault[], lines: number, warnings: LineWarnings): CommandError {
  const report = faults.map(
    ({ line, accountId, fault }) =>
      `  line ${line}${accountId === undefined ? '' : ` (${quotedId(accountId)})`}: ${fault}`,
  );
  return new CommandError(
    'usage',
    [
      `${counted(faults.length, 'faulty line')} of ${count(lines)}; nothing was written:`,
      ...report,
      ...describeWarnings(warnings).map(warning => `  ! ${warning}`),
    ].join('\n'),
    {
      details: {
        faults: faults.map(({ accountId = null, ...fault }) => ({ ...fault, accountId })),
        warnings: warningsJson(warnings),
      },
    },
  );
}

/** Thousands may be affected; a message names this many. */
const namedAtMost = 5;

function describePaused(accountIds: readonly string[], command: string): string[] {
  if (accountIds.length === 0) return [];
  const more = accountIds.length - namedAtMost;
  const names = accountIds.slice(0, namedAtMost).map(accountId => displayName(accountId));
  const stay = `${counted(accountIds.length, 'account')} ${accountIds.length === 1 ? 'stays' : 'stay'} paused`;
  const resume =
    accountIds.length === 1
      ? accountCommand(`${command} account resume`, accountIds[0] ?? '')
      : `${command} account resume <account...>`;
  return [`${stay}: ${names.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''} (${resume})`];
}

/** One message per warning, even if thousands of lines cause it, as an attribute of the vendor’s own tool may. */
function describeWarnings(warnings: LineWarnings): string[] {
  return [...warnings].map(([warning, lines]) => {
    const more = lines.length - namedAtMost;
    const named = `${lines.length === 1 ? 'line' : 'lines'} ${lines.slice(0, namedAtMost).join(', ')}`;
    return `${named}${more > 0 ? ` and ${count(more)} more` : ''}: ${warning}`;
  });
}

function warningsJson(warnings: LineWarnings) {
  return [...warnings].map(([warning, lines]) => ({ warning, lines }));
}

interface Imported {
  readonly lines: number;
  readonly written: number;
  /** How many of the written lines change only the secret. */
  readonly secretsOnly: number;
  /** Paused accounts whose line says active. */
  readonly stayPaused: readonly string[];
  readonly checkOnly: boolean;
  readonly warnings: LineWarnings;
}

function report(imported: Imported, { command }: Target): Report {
  const { lines, written, secretsOnly, stayPaused, checkOnly, warnings } = imported;
  const unchanged = lines - written;
  const rotated = secretsOnly === 0 ? '' : ` (${count(secretsOnly)} of them the secret only)`;
  return {
    json: {
      lines,
      written: checkOnly ? 0 : written,
      secretsOnly: checkOnly ? 0 : secretsOnly,
      unchanged,
      stayPaused,
      checkedOnly: checkOnly,
      warnings: warningsJson(warnings),
    },
    lines: ({ paint }) => [
      checkOnly
        ? `${paint('green', '✓')} ${counted(lines, 'line')} valid; ${counted(written, 'account')} would be written${rotated}.`
        : `${paint('green', '✓')} ${counted(written, 'account')} written${rotated}, ${count(unchanged)} unchanged.`,
      ...describePaused(stayPaused, command).map(line => `${paint('yellow', '!')} ${line}`),
      ...describeWarnings(warnings).map(warning => `${paint('yellow', '!')} ${warning}`),
    ],
  };
}
