import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { runCommandLine } from '../../cli/main.ts';

/** Runs a command on a terminal, and answers each question when it is asked. */
export async function converse(
  words: readonly string[],
  answers: readonly (readonly [question: string | RegExp, answer: string])[],
) {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  const left = [...answers];
  let said = '';
  const errors = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        said += String(chunk);
        const [question, answer] = left[0] ?? [];
        // The whole prompt is redrawn each time: until something is typed, its line ends with the question.
        const lines = stripVTControlCharacters(String(chunk)).split('\n');
        if (question !== undefined && lines.some(line => isAsked(question, line.trimEnd()))) {
          left.shift();
          // After the next turn, because the prompt reads input only after it is drawn.
          setImmediate(() => input.write(answer));
        }
        done();
      },
    }),
    { isTTY: true },
  );
  const shown = text(output);
  const exitCode = await runCommandLine(words, { input, output, errors, putClockForward: () => undefined });
  output.end();
  return { exitCode, said, shown: await shown, unasked: left };
}

function isAsked(question: string | RegExp, line: string): boolean {
  return typeof question === 'string' ? line.endsWith(question) : question.test(line);
}
