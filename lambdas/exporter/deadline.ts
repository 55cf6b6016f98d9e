import { ExportError } from '../domain/failure.ts';
import type { Clock, Deadline } from './ports.ts';

/** A part of the usual size takes much less than this, in milliseconds. */
const timeForAPart = 5 * 60_000;
/** The time reserved for recording a failure after an upload is aborted, in milliseconds. */
const timeToClean = 15_000;
/**
 * How long an invocation works on one account, in milliseconds. After that it puts the rest of the backlog back into
 * the queue, behind other accounts' messages. A file that was begun is finished.
 */
export const turn = 60_000;

/** Calls `run` once after this many milliseconds. The returned function cancels the call. */
export type Timer = (run: () => void, milliseconds: number) => () => void;

/** The deadline of one message. `cancel` stops its timer. */
export function createDeadline(
  remaining: () => number,
  timer: Timer,
  { now }: Pick<Clock, 'now'>,
): Deadline & { cancel(): void } {
  const controller = new AbortController();
  const atFirst = remaining();
  const cancel = timer(
    () =>
      controller.abort(
        new ExportError('out_of_time', 'The function ran out of time in the middle of a file'),
      ),
    Math.max(atFirst - timeToClean, 0),
  );
  return {
    signal: controller.signal,
    end: now() + atFirst,
    allowsAnotherPart: () => remaining() > timeForAPart && atFirst - remaining() < turn,
    cancel,
  };
}
