import type { Terminal } from '../terminal/terminal.ts';
import type { Target } from './target/target.ts';

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** True if the report is printed as JSON. */
  readonly json: boolean;
  /** The stage that the options name; opened at the first call. */
  target(): Promise<Target>;
  readonly connection: Connection;
}

/** The options that select the stage. */
export interface Connection {
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly local?: boolean | undefined;
  /** The state file of local mode. */
  readonly stateFile?: string | undefined;
}
