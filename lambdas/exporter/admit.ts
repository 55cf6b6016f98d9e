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

/** Permission to upload to a destination now. */
export interface Admitted {
  /** How long the upload may wait for an answer, in milliseconds. */
  readonly patience: number;
  /** Stores for all exporters whether the destination answered. Never rejects. */
  heard(answer: Answer): Promise<void>;
}

/**
 * Decides whether an upload may begin. It may not if the destination is probably silent: a cloud
 * that accepts connections but does not answer would occupy one exporter for each of its accounts,
 * and all other accounts would have to wait.
 *
 * The stored silences only save time. If they cannot be read or written, exports continue as if none were known.
 *
 * @returns a failure if the account must wait
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
      ? new ExportError('no_answer', `${bucket} did not answer the last request; it is tried again later`)
      : new ExportError(
          'region_silent',
          `Several other buckets of ${region} do not answer, so ${bucket} was not tried; it is tried later`,
        );

  const { patience } = admission;
  let isStored = !isKnown && !isNews(seen, region, now);
  return {
    patience,
    async heard(answer) {
      const heard = 'failure' in answer ? heardIn(answer.failure.code) : 'answer';
      const at = clock.now();
      if (heard === 'silence')
        await bestEffort(() => silences.noteSilence(target, { asked: at - patience, ended: at }, seen));
      if (heard === 'answer' && !isStored) {
        isStored = true;
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
      telemetry.note({ accountId }, `The silences of ${region} could not be stored`, thrown);
      return undefined;
    }
  }
}
