import { Command, InvalidArgumentError, Option } from 'commander';

export interface BenchOptions {
  readonly rows: number;
  readonly rounds: number;
  /** How long DynamoDB takes to begin an answer, in milliseconds. */
  readonly latency: number;
  readonly cpus: number | undefined;
  /** The variants to run; all if absent. */
  readonly only: readonly string[] | undefined;
  readonly json: boolean;
}

/** A benchmark's command with the options that all benchmarks have. */
export function benchCommand(
  name: string,
  description: string,
  rows: { usual: number; most: number },
): Command {
  return new Command(`npm run bench:${name} --`)
    .description(description)
    .addOption(
      new Option('--rows <number>', 'how many audit rows').default(rows.usual).argParser(whole(0, rows.most)),
    )
    .addOption(
      new Option('--rounds <number>', 'how often each variant runs').default(5).argParser(whole(1, 1000)),
    )
    .addOption(
      new Option(
        '--cpus <number>',
        'pin the measured process to this number of processors (Linux)',
      ).argParser(whole(1, 1024)),
    )
    .option('--only <names>', 'run these variants only, separated by commas', names => names.split(','))
    .option('--json', 'end with one line of JSON; everything else goes to standard error', false)
    .allowExcessArguments(false);
}

export interface MemoryOption {
  /** In MB: the measured process gets the share of a processor that Lambda gives a function with this memory. */
  readonly memory: number | undefined;
}

export function memoryOption(): Option {
  return new Option(
    '--memory <MB>',
    'limit the measured process to the processor share of a function with this memory; 1,769 MB is one processor (Linux)',
  ).argParser(whole(128, 10_240));
}

export function latencyOption(): Option {
  return new Option('--latency <milliseconds>', 'how long DynamoDB takes to begin an answer')
    .default(10)
    .argParser(whole(0, 10_000));
}

export function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text.replaceAll('_', ''));
    if (/^[\d_]+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}
