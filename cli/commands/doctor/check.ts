import { answerOf } from '../../../lambdas/buckets/aws-answer.ts';
import { printable } from '../../../lambdas/domain/printable.ts';
import { printableLine } from '../../terminal/display.ts';

/**
 * One thing that a stage needs. `warning`: to be looked at, nothing is ill; `skipped`: it does not exist here; `unknown`: it
 * could not be looked at.
 */
export interface Check {
  readonly name: string;
  readonly outcome: 'well' | 'warning' | 'ill' | 'skipped' | 'unknown';
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

/** Looks at one thing. Whatever keeps it from being looked at, the other things are looked at all the same. */
export async function alone(name: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (thrown) {
    return { name, outcome: 'unknown', detail: `it could not be looked at: ${whatWasSaid(thrown)}` };
  }
}

const longestWords = 400;

/** What AWS said, in its words and with its code. */
export function whatWasSaid(thrown: unknown): string {
  const { name, status } = answerOf(thrown);
  const { message } = printable(thrown);
  if (thrown instanceof SyntaxError || /Deserialization error|is not valid JSON/.test(message))
    return `the answer${status === undefined ? '' : ` (HTTP ${status})`} is none of AWS’s: a proxy or a gateway in between may have given it`;
  const code = name === 'Error' || name === undefined ? '' : `${name}: `;
  return printableLine(`${code}${message || 'without a word'}`).slice(0, longestWords);
}
