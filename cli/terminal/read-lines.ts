import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { CommandError } from './command-error.ts';
import type { Input } from './terminal.ts';
import { linesOf } from './text-file.ts';
import { whyUnreadable } from './unreadable.ts';

/** A text file; `-` stands for standard input. */
export interface TextSource {
  readonly path: string;
  readonly input: Input;
}

/** What a text is called in a message. */
export function sourceName({ path }: TextSource): string {
  return path === '-' ? 'Standard input' : path;
}

/** @throws CommandError `usage` if the file cannot be read, or is no text in UTF-8 */
export async function readLines(source: TextSource): Promise<string[]> {
  const { path, input } = source;
  try {
    return [...linesOf(path === '-' ? await buffer(input) : await readFile(path))];
  } catch (thrown) {
    throw new CommandError('usage', `${sourceName(source)} cannot be read: ${whyUnreadable(thrown)}`);
  }
}
