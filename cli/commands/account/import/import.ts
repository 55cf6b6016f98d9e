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
    .description('add many accounts: all are checked before the first is written')
    .argument('<file>', 'JSON lines: a record each, as the table has it; - reads standard input')
    .option('--check', 'check only')
    .option(
      '--replace',
      'write over accounts that exist: the record if it is another, and the secret that the line brings',
    )
    .addHelpText(
      'after',
      `
A line:
  {"accountId": "acme", "timeZone": "Europe/Berlin", "status": "active",
   "destination": {"type": "gcs", "bucket": "acme-audit"}, "secretFile": "keys/acme.json"}
The credential stands in "secret" (text or JSON) or in the file that "secretFile" names; "secretId" names a secret
that exists, below the stage's prefix. Accounts that exist with the same record are left alone, their secrets too, so an import that broke
off can be repeated. An account that somebody adds or changes meanwhile is never written over: the import ends at that
line. No import resumes an account that is paused: --replace writes the rest of its record, and says so.

Exit code 2 if a line is faulty; every faulty line is reported, and nothing is written.
An attribute that is not known is stored for other tools, and warned of.`,
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
    // Whether the secret is another one is not known: operators write secrets and need not read them.
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
  /** True if nothing but the secret is to be written. */
  readonly sameRecord: boolean;
  /** True if the line would have it active, which an import makes of no account that somebody has paused. */
  readonly staysPaused: boolean;
  /** What is to be told of a record that is another than the line's. */
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
  if (!sameRecord) return 'the account exists with another record (--replace writes over it)';
  return staysPaused
    ? 'the account is paused, its record the same otherwise (--replace leaves it paused, and writes the secret that the line brings)'
    : undefined;
}

/** Each secret is read once, however many lines name it. */
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

/** Which storage account a secret has to be of; a record of another one has warnings of its own. */
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
    again: 'the same command goes on from there',
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

/** How many lines or accounts are named where there may be thousands. */
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

/** An attribute once, however many lines have it: a vendor's own tool may have put it into every record. */
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
  /** How many of those that are written have the same record, and a secret. */
  readonly secretsOnly: number;
  /** The accounts that somebody has paused and that the file would have active. */
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
        ? `${paint('green', '✓')} ${counted(lines, 'line')} in order; ${counted(written, 'account')} would be written${rotated}.`
        : `${paint('green', '✓')} ${counted(written, 'account')} written${rotated}, ${count(unchanged)} unchanged.`,
      ...describePaused(stayPaused, command).map(line => `${paint('yellow', '!')} ${line}`),
      ...describeWarnings(warnings).map(warning => `${paint('yellow', '!')} ${warning}`),
    ],
  };
}
