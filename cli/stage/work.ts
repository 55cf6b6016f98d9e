import { CommandError } from '../terminal/command-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count } from '../terminal/wording.ts';
import { toCommandError } from './unreachable.ts';

export interface Work<Item> {
  readonly atOnce: number;
  /** What is counted, with what is done to it: `accounts are written`. */
  readonly what: string;
  /** What the same command does if it is given again. */
  readonly again: string;
  readonly terminal: Terminal;
  each(item: Item): Promise<void>;
}

/**
 * Does the same to many things, some side by side, and shows how far it is. What is begun when a person interrupts it, or one
 * of it fails, is done to its end.
 * @throws CommandError saying how much is done, if not all of it is
 */
export async function workThrough<Item>(
  items: readonly Item[],
  { atOnce, what, again, terminal, each }: Work<Item>,
): Promise<void> {
  const begun = performance.now();
  const left = items.values();
  let done = 0;
  let failure: CommandError | undefined;
  const workOn = async () => {
    for (const item of left) {
      if (failure !== undefined || terminal.interrupted.aborted) return;
      try {
        await each(item);
      } catch (thrown) {
        failure ??= toCommandError(thrown);
        return;
      }
      done++;
      const rate = Math.round(done / Math.max((performance.now() - begun) / 1000, 1));
      terminal.progress(`${count(done)} of ${count(items.length)} ${what}, ${count(rate)} a second`);
    }
  };
  const end = terminal.beginWork();
  await Promise.all(Array.from({ length: atOnce }, workOn)).finally(end);
  const sum = `${count(done)} of ${count(items.length)} ${what}`;
  if (failure !== undefined)
    throw new CommandError(failure.code, `${failure.message}\n  ${sum}; once the cause is gone, ${again}`, {
      cause: failure.cause,
      details: { done },
    });
  if (done < items.length)
    throw new CommandError('interrupted', `Interrupted: ${sum}; ${again}`, { details: { done } });
}
