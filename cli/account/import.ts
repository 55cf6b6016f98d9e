import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import { toCommandError } from '../unreachable.ts';
import { count, counted } from '../wording.ts';
import { type ImportFile, type ImportLine, type LineFault, readImportFile } from './import-file.ts';
import { openStores, type Stores } from './stores.ts';
import { type LineToWrite, writeLine } from './write-line.ts';

interface ImportOptions {
  readonly check?: boolean;
  readonly replace?: boolean;
}

const writesAtOnce = 16;

export function registerImport(accounts: Command, run: Run): void {
  accounts
    .command('import')
    .description('add many accounts: all are checked before the first is written')
    .argument('<file>', 'JSON lines: a record each, as the table has it')
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
that exists. Accounts that exist with the same record are left alone, their secrets too, so an import that broke
off can be repeated. An account that somebody adds meanwhile is never written over: the import ends at that line.

Exit code 2 if a line is faulty; every faulty line is reported, and nothing is written.
An attribute that is not known is stored for other tools, and warned of.`,
    )
    .action(run(importAccounts));
}

async function importAccounts(
  context: CommandContext,
  file: string,
  options: ImportOptions,
): Promise<Report> {
  const stores = openStores(await context.target());
  const { lines, faults, warnings } = await readImportFile(file, stores.secrets.nameFor);
  const present = await stores.records.readMany(lines.map(({ account }) => account.accountId));
  const unlike = lines.filter(({ account, record }) => {
    const standing = present.get(account.accountId);
    return standing !== undefined && !isDeepStrictEqual({ ...standing }, { ...record });
  });
  const all: LineFault[] = [
    ...faults,
    ...(options.replace ? [] : unlike).map(({ line, account }) => ({
      line,
      accountId: account.accountId,
      fault: 'the account exists with another record (--replace writes over it)',
    })),
  ].sort((one, other) => one.line - other.line);
  if (all.length > 0) throw refusal(all, lines.length + faults.length, warnings);

  const known = new Set(unlike);
  const todo = lines.flatMap((line): LineToWrite[] => {
    if (!present.has(line.account.accountId)) return [{ ...line, work: 'add' }];
    if (known.has(line)) return [{ ...line, work: 'replace' }];
    // Whether the secret is another one is not known: operators write secrets and need not read them.
    return options.replace && line.secret !== undefined ? [{ ...line, work: 'rotate' }] : [];
  });
  const secretsOnly = todo.filter(({ work }) => work === 'rotate').length;
  if (!options.check) await writeAll(todo, stores, context);
  return report({
    lines: lines.length,
    written: todo.length,
    secretsOnly,
    checkOnly: options.check === true,
    warnings,
  });
}

async function writeAll(
  todo: readonly LineToWrite[],
  stores: Stores,
  { terminal }: CommandContext,
): Promise<void> {
  const left = todo.values();
  let written = 0;
  let failure: CommandError | undefined;
  const writeOn = async () => {
    for (const line of left) {
      if (failure !== undefined) return;
      try {
        await writeLine(line, stores);
      } catch (thrown) {
        failure ??= atLine(line, thrown);
        return;
      }
      written++;
      terminal.progress(`${count(written)} of ${count(todo.length)} accounts written`);
    }
  };
  await Promise.all(Array.from({ length: writesAtOnce }, writeOn));
  if (failure === undefined) return;
  throw new CommandError(
    failure.code,
    `${failure.message}\n  ${count(written)} of ${count(todo.length)} accounts are written; once the cause is gone, the same command goes on from there`,
    { cause: failure.cause, details: { written } },
  );
}

function atLine({ line, account }: ImportLine, thrown: unknown): CommandError {
  const { code, message, cause } = toCommandError(thrown);
  return new CommandError(code, `line ${line} (${JSON.stringify(account.accountId)}): ${message}`, { cause });
}

function refusal(
  faults: readonly LineFault[],
  lines: number,
  warnings: ImportFile['warnings'],
): CommandError {
  const report = faults.map(
    ({ line, accountId, fault }) =>
      `  line ${line}${accountId === undefined ? '' : ` (${JSON.stringify(accountId)})`}: ${fault}`,
  );
  return new CommandError(
    'usage',
    [
      `${counted(faults.length, 'faulty line')} of ${count(lines)}; nothing was written:`,
      ...report,
      ...describeWarnings(warnings).map(warning => `  ! ${warning}`),
    ].join('\n'),
    { details: { faults, warnings: warningsJson(warnings) } },
  );
}

const linesNamed = 5;

/** An attribute once, however many lines have it: a vendor's own tool may have put it into every record. */
function describeWarnings(warnings: ImportFile['warnings']): string[] {
  return [...warnings].map(([warning, lines]) => {
    const more = lines.length - linesNamed;
    const named = `${lines.length === 1 ? 'line' : 'lines'} ${lines.slice(0, linesNamed).join(', ')}`;
    return `${named}${more > 0 ? ` and ${count(more)} more` : ''}: ${warning}`;
  });
}

function warningsJson(warnings: ImportFile['warnings']) {
  return [...warnings].map(([warning, lines]) => ({ warning, lines }));
}

interface Imported {
  readonly lines: number;
  readonly written: number;
  /** How many of those that are written have the same record, and a secret. */
  readonly secretsOnly: number;
  readonly checkOnly: boolean;
  readonly warnings: ImportFile['warnings'];
}

function report({ lines, written, secretsOnly, checkOnly, warnings }: Imported): Report {
  const unchanged = lines - written;
  const rotated = secretsOnly === 0 ? '' : ` (${count(secretsOnly)} of them the secret only)`;
  return {
    json: {
      lines,
      written: checkOnly ? 0 : written,
      secretsOnly: checkOnly ? 0 : secretsOnly,
      unchanged,
      checkedOnly: checkOnly,
      warnings: warningsJson(warnings),
    },
    lines: ({ paint }) => [
      checkOnly
        ? `${paint('green', '✓')} ${counted(lines, 'line')} in order; ${counted(written, 'account')} would be written${rotated}.`
        : `${paint('green', '✓')} ${counted(written, 'account')} written${rotated}, ${count(unchanged)} unchanged.`,
      ...describeWarnings(warnings).map(warning => `${paint('yellow', '!')} ${warning}`),
    ],
  };
}
