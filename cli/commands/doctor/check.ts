import { answerOf } from '../../../lambdas/buckets/aws-answer.ts';
import { printable } from '../../../lambdas/domain/printable.ts';
import { printableLine } from '../../terminal/display.ts';

/**
 * The result of one check. `warning`: worth a look, but nothing fails; `skipped`: the stage does not have it;
 * `unknown`: the check could not run.
 */
export interface Check {
  readonly name: string;
  readonly outcome: 'ok' | 'warning' | 'failing' | 'skipped' | 'unknown';
  readonly detail?: string | undefined;
  readonly remedy?: string | undefined;
  /** Fixes the failure; present only if the fix is one request that needs no decision by a person. */
  fix?(): Promise<void>;
}

export function ok(name: string, detail?: string): Check {
  return { name, outcome: 'ok', detail };
}

export function failing(name: string, detail: string, remedy?: string): Check {
  return { name, outcome: 'failing', detail, remedy };
}

/** Runs one check. An error makes its outcome `unknown`, so that the other checks still run. */
export async function runCheck(name: string, look: () => Promise<Check>): Promise<Check> {
  try {
    return await look();
  } catch (thrown) {
    return { name, outcome: 'unknown', detail: `the check could not run: ${whatWasSaid(thrown)}` };
  }
}

const longestWords = 400;

/** The code and the message of an AWS error. */
export function whatWasSaid(thrown: unknown): string {
  const { name, status } = answerOf(thrown);
  const { message } = printable(thrown);
  if (thrown instanceof SyntaxError || /Deserialization error|is not valid JSON/.test(message))
    return `the answer${status === undefined ? '' : ` (HTTP ${status})`} is not from AWS: a proxy or a gateway may have sent it`;
  const code = name === 'Error' || name === undefined ? '' : `${name}: `;
  return printableLine(`${code}${message || 'no message'}`).slice(0, longestWords);
}
