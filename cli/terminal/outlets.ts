import { setImmediate as turn } from 'node:timers/promises';

/** The streams that a command writes to, watched for what they do not take. */
export interface Outlets {
  /** Aborted once standard output takes nothing any more. */
  readonly closed: AbortSignal;
  /** Why something that was written is lost, if that is a fault: a full disk, say. */
  failure(): Promise<Error | undefined>;
}

/**
 * Without this, a reader who has seen enough (`| head -1`) would end the program in the middle of its work. What is
 * written after that goes nowhere.
 */
export function watchOutlets(output: NodeJS.WritableStream, errors: NodeJS.WritableStream): Outlets {
  const closed = new AbortController();
  let failure: Error | undefined;
  const note = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= error;
  };
  output.on('error', error => {
    note(error);
    closed.abort();
  });
  errors.on('error', note);
  return {
    closed: closed.signal,
    async failure() {
      // A stream tells of its error a moment after the write.
      await turn();
      return failure;
    },
  };
}
