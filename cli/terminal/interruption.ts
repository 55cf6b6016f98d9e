import { CommandError } from './command-error.ts';

/** Tells a command that it has been interrupted. */
export interface Interruption {
  /** Aborted when the user interrupts the program: work with many steps then stops after the current step. */
  readonly interrupted: AbortSignal;
  /** Call it at the beginning of work that stops by itself when interrupted, and the returned function at its end. */
  beginWork(): () => void;
  /** Rejects if the program is interrupted while no such work runs; nothing else would end the command. */
  readonly atOnce: Promise<never>;
}

export function watchInterruption(interrupted: AbortSignal = new AbortController().signal): Interruption {
  let working = 0;
  const atOnce = new Promise<never>((_, refuse) => {
    interrupted.addEventListener('abort', () => {
      if (working === 0) refuse(new CommandError('interrupted', 'Interrupted'));
    });
  });
  atOnce.catch(() => undefined);
  return {
    interrupted,
    atOnce,
    beginWork() {
      working++;
      return () => {
        working--;
      };
    },
  };
}
