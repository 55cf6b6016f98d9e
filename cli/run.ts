import type { CommandContext } from './stage/context.ts';
import type { Report } from './terminal/report.ts';

/**
 * Wraps a command as a commander action: opens the context, runs the command and prints its report.
 * `Parameters` are what commander passes: the arguments, then the options.
 */
export type Run = <Parameters extends readonly unknown[]>(
  command: (context: CommandContext, ...parameters: Parameters) => Promise<Report>,
) => (...parameters: [...Parameters, unknown]) => Promise<void>;
