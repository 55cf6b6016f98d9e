import type { Terminal } from '../terminal/terminal.ts';
import type { Target } from './target/target.ts';

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** True if the report goes to a program. */
  readonly json: boolean;
  /** The stage that the options name, opened at first use. */
  target(): Promise<Target>;
  readonly connection: Connection;
}

/** The options that say which stage, as given. */
export interface Connection {
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly local?: boolean | undefined;
  /** Where local mode describes itself. */
  readonly stateFile?: string | undefined;
}
