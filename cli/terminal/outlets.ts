import { setImmediate as turn } from 'node:timers/promises';

/** Watches the output streams of a command for errors. */
export interface Outlets {
  /** Aborted when standard output is closed. */
  readonly closed: AbortSignal;
  /** The error because of which output was lost, such as a full disk; a closed pipe is not an error. */
  failure(): Promise<Error | undefined>;
}

/**
 * Without this, a reader that closes the pipe (`| head -1`) would end the program in the middle of its work. Later
 * output is discarded.
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
      // A stream reports its error in the turn after the write.
      await turn();
      return failure;
    },
  };
}
