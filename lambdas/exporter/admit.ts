import type { Answer } from '../buckets/bucket.ts';
import type { Account } from '../domain/account.ts';
import type { Cursor } from '../domain/cursor.ts';
import { ExportError } from '../domain/failure.ts';
import {
  type Admission,
  type Asker,
  admissionOf,
  heardIn,
  isKnownSilent,
  isNews,
  type Silences,
  targetOf,
} from '../domain/silence.ts';
import type { ExporterPorts } from './ports.ts';

/** A destination that may be asked. */
export interface Admitted {
  /** How long it may stay silent, in milliseconds. */
  readonly patience: number;
  /** Tells the fleet what became of asking it. Does not reject. */
  heard(answer: Answer): Promise<void>;
}

/**
 * Lets the destination be asked, unless it is too likely that it is silent: a cloud that takes connections and does not
 * answer would hold one exporter for each of its accounts, and all other accounts would wait.
 *
 * What the fleet knows only saves time: if it cannot be read or written, exports go on as if nothing were known.
 *
 * @returns the failure with which the account has to wait, if it has to
 */
export async function admit(
  { accountId, destination }: Account,
  { lastError }: Cursor,
  seen: Silences,
  received: number,
  { silences, clock, telemetry }: Pick<ExporterPorts, 'silences' | 'clock' | 'telemetry'>,
): Promise<Admitted | ExportError> {
  const target = targetOf(destination);
  const { bucket, region } = target;
  const asker: Asker = { target, lastError, received };
  const now = clock.now();
  const admission = admissionOf(seen, asker, now);
  const isKnown = isKnownSilent(seen, asker, now);
  if (admission.kind === 'wait' || !(await isPermitted(admission)))
    return isKnown
      ? new ExportError(
          'no_answer',
          `There was no answer from ${bucket} when it was last asked; it is asked again later`,
        )
      : new ExportError(
          'region_silent',
          `Several other buckets of ${region} are silent, so ${bucket} was not asked; it is asked later`,
        );

  const { patience } = admission;
  let isTold = !isKnown && !isNews(seen, region, now);
  return {
    patience,
    async heard(answer) {
      const heard = 'failure' in answer ? heardIn(answer.failure.code) : 'answer';
      const at = clock.now();
      if (heard === 'silence')
        await bestEffort(() => silences.noteSilence(target, { asked: at - patience, ended: at }, seen));
      if (heard === 'answer' && !isTold) {
        isTold = true;
        await bestEffort(() => silences.noteAnswer(target, at, isKnown));
      }
    },
  };

  async function isPermitted(needed: Exclude<Admission, { kind: 'wait' }>): Promise<boolean> {
    if (needed.kind === 'free') return true;
    return (await bestEffort(() => silences.take(needed.permit, now, seen))) ?? true;
  }

  async function bestEffort<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (thrown) {
      telemetry.note({ accountId }, `What is known of ${region} could not be noted`, thrown);
      return undefined;
    }
  }
}
