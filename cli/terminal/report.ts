import type { Json } from './json.ts';
import type { Terminal } from './terminal.ts';

/** The result of a command, for people and for programs. */
export interface Report {
  /** One JSON document, with the same keys in every state (docs/operator/cli.md). Instants are ISO 8601 in UTC. */
  readonly json: Json;
  lines(terminal: Terminal): readonly string[];
  /** True if the command found a problem: exit code 1. */
  readonly problem?: boolean;
}
