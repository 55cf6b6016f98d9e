import type { Terminal } from './terminal.ts';

/** What a command has to say: once for people, once for programs. */
export interface Report {
  /** For `--json`: one JSON document. Instants are ISO 8601 in UTC. */
  readonly json: unknown;
  lines(terminal: Terminal): readonly string[];
  /** True if what was found is wrong: exit code 1. */
  readonly problem?: boolean;
}
