import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCommandLine } from '../../cli/main.ts';

export interface Ended {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

/**
 * Runs a command in this process, whose clock must already be that of local mode.
 * @param typed the content of its standard input
 */
export async function runHere(words: readonly string[], typed = ''): Promise<Ended> {
  const [input, output, errors] = [new PassThrough().end(typed), new PassThrough(), new PassThrough()];
  const written = Promise.all([text(output), text(errors)]);
  const exitCode = await runCommandLine(words, { input, output, errors, putClockForward: () => undefined });
  output.end();
  errors.end();
  const [shown, said] = await written;
  return { exitCode, output: shown, errors: said };
}

/** Splits at spaces; quoted text is one word. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
}
