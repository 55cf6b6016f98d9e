/** One thing that a stage needs. `skipped`: it does not exist where the command looks. */
export interface Check {
  readonly name: string;
  readonly outcome: 'well' | 'ill' | 'skipped';
  readonly detail?: string | undefined;
  readonly remedy?: string | undefined;
  /** Puts it right, where a command can and no decision hangs on it. */
  mend?(): Promise<void>;
}

export function well(name: string, detail?: string): Check {
  return { name, outcome: 'well', detail };
}

export function ill(name: string, detail: string, remedy?: string): Check {
  return { name, outcome: 'ill', detail, remedy };
}
