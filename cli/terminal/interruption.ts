import { CommandError } from './command-error.ts';

/** How a command learns that it is to end. */
export interface Interruption {
  /** Aborted once a person interrupts the program: work of many steps ends after the step at hand. */
  readonly interrupted: AbortSignal;
  /** Work that ends by itself when it is interrupted has begun; what is returned says that it is over. */
  beginWork(): () => void;
  /** Refused when the program is interrupted outside of such work, which nothing else would end then. */
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
