import { CommandError } from '../terminal/command-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { count } from '../terminal/wording.ts';
import { toCommandError } from './unreachable.ts';

export interface Work<Item> {
  readonly atOnce: number;
  /** The counted items and what is done to them: `accounts are written`. */
  readonly what: string;
  /** What to do to continue after an interruption. */
  readonly again: string;
  readonly terminal: Terminal;
  each(item: Item): Promise<void>;
}

/**
 * Processes many items, several at once, and shows the progress. After an interruption or a failure no further item
 * is started, but those in progress are completed.
 * @throws CommandError saying how many are done, if not all are
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
    throw new CommandError(
      failure.code,
      `${failure.message}\n  ${sum}; after the cause is removed, ${again}`,
      {
        cause: failure.cause,
        details: { done },
      },
    );
  if (done < items.length)
    throw new CommandError('interrupted', `Interrupted: ${sum}; ${again}`, { details: { done } });
}
