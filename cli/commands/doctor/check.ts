/** One thing that a stage needs. `warning`: to be looked at, nothing is ill; `skipped`: it does not exist here. */
export interface Check {
  readonly name: string;
  readonly outcome: 'well' | 'warning' | 'ill' | 'skipped';
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
