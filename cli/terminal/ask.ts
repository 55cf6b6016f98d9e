import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandError } from './command-error.ts';
import { credentialLook } from './credential-look.ts';
import type { Terminal } from './terminal.ts';

/** The person would rather not: Ctrl-C, or the end of the input. */
export class CancelledError extends CommandError {
  constructor() {
    super('usage', 'Cancelled: nothing was changed');
  }
}

/** Asks a person; the answer without the spaces around it. A credential that is pasted is not shown. */
export async function ask({ input, errors }: Terminal, question: string): Promise<string> {
  let typed = '';
  const shown = new Writable({
    write(chunk, _encoding, done) {
      // What is typed before it can be told for a credential, the terminal has shown already.
      if (credentialLook(typed) === undefined || /^[\r\n]+$/.test(String(chunk))) errors.write(chunk);
      done();
    },
  });
  // Asked before readline, which writes each character of what is pasted by itself.
  const note = (chunk: Buffer | string) => {
    typed += String(chunk);
  };
  input.prependListener('data', note);
  try {
    return await answerTo(question, input, shown);
  } finally {
    input.removeListener('data', note);
  }
}

/** The same with an answer that is not shown. */
export async function askHidden({ input, errors }: Terminal, question: string): Promise<string> {
  errors.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await answerTo('', input, nowhere);
  } finally {
    errors.write('\n');
  }
}

/** True if a person agrees. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(terminal, `${question} [y/N] `));
}

async function answerTo(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<string> {
  const lines = createInterface({ input, output, terminal: true });
  const closed = new AbortController();
  lines.once('close', () => closed.abort());
  try {
    return (await lines.question(question, { signal: closed.signal })).trim();
  } catch (thrown) {
    if (!closed.signal.aborted) throw thrown;
    throw new CancelledError();
  } finally {
    lines.close();
  }
}
