import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { CommandError } from './command-error.ts';
import type { Input } from './terminal.ts';
import { linesOf } from './text-file.ts';
import { whyUnreadable } from './unreadable.ts';

/** A text file; the path `-` means standard input. */
export interface TextSource {
  readonly path: string;
  readonly input: Input;
}

/** The name of the source in messages. */
export function sourceName({ path }: TextSource): string {
  return path === '-' ? 'Standard input' : path;
}

/** @throws CommandError `usage` if the file cannot be read, or is not UTF-8 */
export async function readLines(source: TextSource): Promise<string[]> {
  const { path, input } = source;
  try {
    return [...linesOf(path === '-' ? await buffer(input) : await readFile(path))];
  } catch (thrown) {
    throw new CommandError('usage', `${sourceName(source)} cannot be read: ${whyUnreadable(thrown)}`);
  }
}
