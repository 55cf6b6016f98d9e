import type { CommandContext } from './stage/context.ts';
import type { Report } from './terminal/report.ts';

/**
 * Makes a commander action of a command: the context is opened before, the report printed afterwards.
 * `Parameters` are what commander passes: the arguments, then the options.
 */
export type Run = <Parameters extends readonly unknown[]>(
  command: (context: CommandContext, ...parameters: Parameters) => Promise<Report>,
) => (...parameters: [...Parameters, unknown]) => Promise<void>;
