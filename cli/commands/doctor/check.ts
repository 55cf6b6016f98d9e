import { toCommandError } from '../../stage/unreachable.ts';

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

/** A check by itself: a call that is refused, or answered with nonsense, costs this one only. */
export async function alone(name: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (thrown) {
    const detail = `it could not be looked at: ${toCommandError(thrown).message}`;
    return { name, outcome: 'warning', detail };
  }
}
