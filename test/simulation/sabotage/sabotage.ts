/** A deliberate fault in the code under test. */
export interface Sabotage {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Where it has to be noticed: among 2,000 accounts that are due at once, instead of in the worlds of seeds. */
  readonly world?: 'fairness';
}

interface Edit {
  /** Relative to `lambdas/`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly text: string;
  readonly replacement: string;
}
