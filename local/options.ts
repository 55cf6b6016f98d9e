import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Instant } from '../lambdas/domain/instant.ts';
import { timeZoneNames } from '../lambdas/domain/time-zone-names.ts';
import { mostSampleAccounts, sampleAccountCount } from './sample/accounts.ts';

export interface LocalOptions {
  /** A file with a person's own rows, instead of the sample. */
  readonly input: string | undefined;
  readonly timeZone: string;
  readonly accounts: number;
  /** Midnight of the first day, UTC. */
  readonly at: Instant;
  readonly days: number;
  readonly out: string;
  readonly keep: boolean;
  /** Live through a weekend of failures in place of delivering anything. */
  readonly rehearse: boolean;
  readonly json: boolean;
}

/** Something is printed and nothing is to be done: the help, or what is wrong with the options. */
export interface Refusal {
  readonly exitCode: 0 | 2;
}

/** North America's clocks go back in the night of that day, so a window of New York lasts five hours. */
const defaultDay = '2025-11-02';
const longestRun = 366;

/** Reads the command line; prints the help, or which option is wrong. */
export function readOptions(argv: readonly string[]): LocalOptions | Refusal {
  const command = createCommand();
  try {
    command.parse(argv, { from: 'user' });
    const { input, timeZone, ...rest } = command.opts<LocalOptions>();
    if (input === undefined && command.getOptionValueSource('timeZone') === 'cli')
      command.error("error: option '--time-zone <name>' is for rows of your own: give --input, too");
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
      'Runs SIEM export on this machine: servers in place of AWS and of the customers’ clouds, the real functions ' +
        'between them. Delivers a day of sample audit logs, or rows of your own, and checks that every row has ' +
        'arrived exactly once.',
    )
    .addOption(
      new Option('--input <file>', 'deliver your own rows: a JSON object a line, see below').conflicts(
        sampleOnly,
      ),
    )
    .addOption(
      new Option('--time-zone <name>', 'IANA time zone of the accounts made for --input')
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
      'where the delivered files are copied to; what a run left there before is removed',
      'out',
    )
    .option('--keep', 'leave the servers running, and say where, until Ctrl-C', false)
    .addOption(
      new Option(
        '--rehearse',
        'live through a weekend in which a customer, the audit table and a cloud fail: what pages, what waits, and where the runbook says what to do',
      )
        .default(false)
        .conflicts([...sampleOnly, 'input', 'keep', 'json']),
    )
    .option('--json', 'end with one line of JSON; everything else goes to standard error', false)
    .addHelpText('after', rowsHelp)
    .allowExcessArguments(false)
    .exitOverride();
}

const rowsHelp = `
Rows for --input:
  {"date": "2026-11-22T07:59:59Z", "email": "eva@example.com", "action": "Signed in"}
  Fields: date, email, action, actionId, description, ipAddress; or, by the names in the delivered files,
  "Date", "Email", "Action", "Action ID", "Description", "IP Address". Beside them accountId ("local" by default)
  and recordedAt, which decides the file (the date by default). Any other name is refused.

Exit code: 0 if every row has arrived exactly once, 1 if not, 2 if an option or the input is wrong.`;

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

function parseDay(text: string): Instant {
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  // A day that the calendar does not have becomes another one.
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
