import { type Command, CommanderError } from 'commander';
import { printable } from '../lambdas/domain/printable.ts';
import { createProgram } from './program.ts';
import type { Run } from './run.ts';
import { describeUnsent } from './stage/account/account-changes.ts';
import type { CommandContext, Connection } from './stage/context.ts';
import type { PutClockForward } from './stage/target/local.ts';
import { openTarget } from './stage/target/open-target.ts';
import type { Target } from './stage/target/target.ts';
import { toCommandError } from './stage/unreachable.ts';
import { CommandError, type ExitCode, errorJson, exitCodes } from './terminal/command-error.ts';
import { without } from './terminal/credential-look.ts';
import { printableLine } from './terminal/display.ts';
import { credentialsAmong, refuseCredentials, refuseCredentialsAmong } from './terminal/given-credentials.ts';
import { type Interruption, watchInterruption } from './terminal/interruption.ts';
import { watchOutlets } from './terminal/outlets.ts';
import type { Report } from './terminal/report.ts';
import {
  columnsOf,
  createTerminal,
  type Input,
  type Terminal,
  type TerminalOptions,
} from './terminal/terminal.ts';
import { wrapped } from './terminal/wrap.ts';

/** The environment of a command: its streams, signals and clock. */
export interface Surroundings {
  readonly input: Input;
  readonly output: TerminalOptions['output'];
  readonly errors: TerminalOptions['errors'];
  /** Aborted when the process is asked to end; absent if that cannot happen. */
  readonly interrupted?: AbortSignal | undefined;
  /** Sets the clock of this process to that of local mode. */
  readonly putClockForward: PutClockForward;
}

interface GlobalOptions extends Connection {
  readonly json?: boolean;
  readonly color: boolean;
  readonly columns?: number;
}

/** Runs one command and returns its exit code. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { output, errors } = surroundings;
  const outlets = watchOutlets(output, errors);
  const exitCode = await runProgram(argv, {
    ...surroundings,
    closed: outlets.closed,
    ...watchInterruption(surroundings.interrupted),
  });
  const failure = await outlets.failure();
  if (failure === undefined) return exitCode;
  errors.write(`siem-export: the output cannot be written: ${failure.message}\n`);
  return exitCodes.internal;
}

/** What a command gets from its process. */
type Watched = Omit<Surroundings, 'interrupted'> & Pick<Terminal, 'closed'> & Interruption;

async function runProgram(argv: readonly string[], surroundings: Watched): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  // Words after `--` are arguments, not options.
  const json = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length).includes('--json');
  const credentials = credentialsAmong(argv);
  const redacted = (text: string) => without(credentials, text);
  try {
    refuseCredentials(argv);
  } catch (thrown) {
    if (!(thrown instanceof CommandError)) throw thrown;
    if (json) surroundings.output.write(`${JSON.stringify(errorJson(thrown))}\n`);
    surroundings.errors.write(`siem-export: ${thrown.message}\n`);
    return thrown.exitCode;
  }

  const run: Run =
    <Parameters extends readonly unknown[]>(
      command: (context: CommandContext, ...parameters: Parameters) => Promise<Report>,
    ) =>
    async (...parameters: [...Parameters, unknown]) => {
      // Commander passes the command itself as the last parameter.
      const self = parameters.at(-1) as Command;
      const own = parameters.slice(0, -1) as readonly unknown[] as Parameters;
      const options = self.optsWithGlobals<GlobalOptions>();
      // A stage from the environment is only a default: --local overrides it.
      const named = self.getOptionValueSourceWithGlobals('stage') === 'cli';
      if (options.local && named) self.error("error: option '--stage <name>' cannot be used with '--local'");
      exitCode = await execute(options, surroundings, redacted, async context => {
        refuseCredentialsAmong(self);
        return command(context, ...own);
      });
    };

  const program = createProgram(run);
  const widthOf = (stream: Surroundings['output']) => columnsOf(stream, program.opts<GlobalOptions>());
  everyCommand(program, command =>
    command.exitOverride().configureOutput({
      getOutHelpWidth: () => widthOf(surroundings.output),
      getErrHelpWidth: () => widthOf(surroundings.errors),
      writeOut: text => surroundings.output.write(wrapped(text, widthOf(surroundings.output))),
      writeErr: text => surroundings.errors.write(wrapped(redacted(text), widthOf(surroundings.errors))),
    }),
  );
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode === 0) return exitCodes.ok;
    // Commander has printed its message already. If it printed the help instead, its message is only an internal
    // name.
    const message = thrown.code === 'commander.help' ? 'no command given' : thrown.message;
    const error = new CommandError('usage', redacted(message));
    if (json) surroundings.output.write(`${JSON.stringify(errorJson(error))}\n`);
    return exitCodes.usage;
  }
}

async function execute(
  options: GlobalOptions,
  surroundings: Watched,
  redacted: (text: string) => string,
  command: (context: CommandContext) => Promise<Report>,
): Promise<ExitCode> {
  const terminal = createTerminal({ ...surroundings, colour: options.color, columns: options.columns });
  const json = options.json === true;
  let target: Promise<Target> | undefined;
  const context: CommandContext = {
    terminal,
    json,
    connection: options,
    target: () => {
      target ??= openTarget(options, surroundings.putClockForward);
      return target;
    },
  };
  const exitCode = await ended();
  const opened = await target?.catch(() => undefined);
  if (opened === undefined) return exitCode;
  opened.close();
  const unsent = describeUnsent(opened.announcer.unsent);
  for (const line of unsent) terminal.note(redacted(printableLine(line)));
  return unsent.length > 0 && exitCode === exitCodes.ok ? exitCodes.problem : exitCode;

  async function ended(): Promise<ExitCode> {
    try {
      const report = await Promise.race([command(context), surroundings.atOnce]);
      if (json) terminal.print(JSON.stringify(report.json, null, 2));
      else for (const line of report.lines(terminal)) terminal.say(line);
      return report.problem ? exitCodes.problem : exitCodes.ok;
    } catch (thrown) {
      const error = toCommandError(thrown);
      // On one line, like each document of --watch.
      if (json) terminal.print(redacted(JSON.stringify(errorJson(error))));
      for (const line of `siem-export: ${error.message}`.split('\n'))
        terminal.note(redacted(printableLine(line)));
      if (error.code === 'internal' && error.cause instanceof Error)
        terminal.note(redacted(String(printable(error.cause).stack)));
      return error.exitCode;
    }
  }
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const child of command.commands) everyCommand(child, change);
}
