/** A deliberate fault in the code under test. */
export interface Sabotage {
  readonly name: string;
  readonly edits: readonly Edit[];
}

interface Edit {
  /** Relative to `lambdas/`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly text: string;
  readonly replacement: string;
}
