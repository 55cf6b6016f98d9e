import { ExportError } from '../domain/failure.ts';
import type { Clock, Deadline } from './ports.ts';

/** A part of the usual size takes well under this long, in milliseconds. */
const timeForAPart = 5 * 60_000;
/** What is left for recording a failure once an upload is abandoned. */
const timeToClean = 15_000;
/**
 * How long one account may be worked on at a time, in milliseconds: after that the rest of its backlog is queued behind
 * the messages that came meanwhile. A file that is begun is finished.
 */
export const turn = 60_000;

/** Calls once after so many milliseconds; the answer cancels it. */
export type Timer = (run: () => void, milliseconds: number) => () => void;

/** The deadline of one message in an invocation. `cancel` stops its timer. */
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
