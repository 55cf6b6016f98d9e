import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Instant } from '../lambdas/domain/instant.ts';
import { timeZoneNames } from '../lambdas/domain/time-zone-names.ts';
import { mostSampleAccounts, sampleAccountCount } from './sample/accounts.ts';

export interface LocalOptions {
  /** A file with the user’s own rows; without it, sample data. */
  readonly input: string | undefined;
  readonly timeZone: string;
  readonly accounts: number;
  /** Midnight of the first day, UTC. */
  readonly at: Instant;
  readonly days: number;
  readonly out: string;
  readonly keep: boolean;
  /** Play a weekend of failures instead of delivering data. */
  readonly rehearse: boolean;
  readonly json: boolean;
}

/** The help or an error was printed, and nothing else has to be done. */
export interface Refusal {
  readonly exitCode: 0 | 2;
}

/** On this day, clocks in North America go back, so a window in New York lasts five hours. */
const defaultDay = '2025-11-02';
const longestRun = 366;

/** Parses the command line; prints the help, or which option is invalid. */
export function readOptions(argv: readonly string[]): LocalOptions | Refusal {
  const command = createCommand();
  try {
    command.parse(argv, { from: 'user' });
    const { input, timeZone, ...rest } = command.opts<LocalOptions>();
    if (input === undefined && command.getOptionValueSource('timeZone') === 'cli')
      command.error("error: option '--time-zone <name>' is only used with --input");
    return { ...rest, input, timeZone };
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return { exitCode: thrown.exitCode === 0 ? 0 : 2 };
  }
}

function createCommand(): Command {
  const sampleOnly = ['accounts', 'at', 'days'];
  return new Command('npm start --')
    .description(
      'Runs SIEM export on this machine, with the real functions and with servers that replace AWS and the customers’ clouds. ' +
        'Delivers a day of sample audit logs, or your own rows, and checks that every row has ' +
        'arrived exactly once.',
    )
    .addOption(
      new Option('--input <file>', 'deliver your own rows: one JSON object per line, see below').conflicts(
        sampleOnly,
      ),
    )
    .addOption(
      new Option('--time-zone <name>', 'IANA time zone of the accounts for --input')
        .default('UTC')
        .argParser(parseTimeZone),
    )
    .addOption(
      new Option('--accounts <number>', 'how many sample accounts')
        .default(sampleAccountCount)
        .argParser(wholeNumber(1, mostSampleAccounts)),
    )
    .addOption(
      new Option('--at <date>', 'the first day (UTC) of the sample')
        .default(Date.parse(defaultDay), defaultDay)
        .argParser(parseDay),
    )
    .addOption(
      new Option('--days <number>', 'how many days of the sample')
        .default(1)
        .argParser(wholeNumber(1, longestRun)),
    )
    .option(
      '--out <folder>',
      'the folder for copies of the delivered files; files of the previous run are removed',
      'out',
    )
    .option('--keep', 'keep the servers running until Ctrl-C, and print their addresses', false)
    .addOption(
      new Option(
        '--rehearse',
        'play a weekend in which a customer, the audit log and a cloud fail: shows which alarms page, which wait, and their headings in the runbook',
      )
        .default(false)
        .conflicts([...sampleOnly, 'input', 'keep', 'json']),
    )
    .option('--json', 'print one line of JSON at the end; everything else goes to standard error', false)
    .addHelpText('after', rowsHelp)
    .allowExcessArguments(false)
    .exitOverride();
}

const rowsHelp = `
Rows for --input:
  {"date": "2026-11-22T07:59:59Z", "email": "eva@example.com", "action": "Signed in"}
  Fields: date, email, action, actionId, description, ipAddress; or, with their names in the delivered files,
  "Date", "Email", "Action", "Action ID", "Description", "IP Address". Optional: accountId ("local" by default), and
  recordedAt, which decides the file (by default the date). Any other name is refused.

Exit code: 0 if every row has arrived exactly once, 1 if not, 2 if an option or the input is invalid.`;

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

function parseDay(text: string): Instant {
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  // `Date.parse` turns a day that does not exist into another one.
  const exists = !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
  if (exists && text >= '2000-01-03' && text < '2099') return instant;
  throw new InvalidArgumentError('Expected a day such as 2026-11-22, from 2000-01-03 to 2098-12-31.');
}

function parseTimeZone(text: string): string {
  if (timeZoneNames.includes(text)) return text;
  throw new InvalidArgumentError(
    'Expected an IANA time zone name such as Europe/Berlin, spelled exactly so.',
  );
}
