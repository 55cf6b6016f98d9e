import { ExportError } from '../domain/failure.ts';
import type { Deadline } from './ports.ts';

/** A part of the usual size takes well under this long, in milliseconds. */
const timeForAPart = 5 * 60_000;
/** What is left for recording a failure once an upload is abandoned. */
const timeToClean = 15_000;

/** Calls once after so many milliseconds; the answer cancels it. */
export type Timer = (run: () => void, milliseconds: number) => () => void;

/** The deadline of an invocation. `end` stops its timer. */
export function createDeadline(remaining: () => number, timer: Timer): Deadline & { end(): void } {
  const controller = new AbortController();
  const cancel = timer(
    () =>
      controller.abort(
        new ExportError('out_of_time', 'The function ran out of time in the middle of a file'),
      ),
    Math.max(remaining() - timeToClean, 0),
  );
  return {
    signal: controller.signal,
    allowsAnotherPart: () => remaining() > timeForAPart,
    end: cancel,
  };
}
