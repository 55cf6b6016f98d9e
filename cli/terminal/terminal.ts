import type { ReadStream, WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;
export type Input = NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode'>>;

/** Where a command reads and writes. Results go to standard output, everything said on the way to standard error. */
export interface Terminal {
  readonly input: Input;
  readonly output: Output;
  readonly errors: Output;
  /** True if there is a person to ask. */
  readonly interactive: boolean;
  /** Aborted once nobody reads standard output any more. What is said from then on goes nowhere. */
  readonly closed: AbortSignal;
  say(line: string): void;
  note(line: string): void;
  /** One line on standard error that changes; nothing where that is no terminal. */
  progress(line: string): void;
  /** The text in a style, where standard output is a terminal that takes colours. */
  paint(style: Style, text: string): string;
}

export interface TerminalOptions {
  readonly input: Input;
  readonly output: Output;
  readonly errors: Output;
  readonly colour: boolean;
  readonly closed: AbortSignal;
}

export function createTerminal({ input, output, errors, colour, closed }: TerminalOptions): Terminal {
  let changing = false;
  const endProgress = () => {
    if (changing) errors.write('\r\u001b[2K');
    changing = false;
  };
  return {
    input,
    output,
    errors,
    interactive: input.isTTY === true && errors.isTTY === true,
    closed,
    say(line) {
      endProgress();
      output.write(`${line}\n`);
    },
    note(line) {
      endProgress();
      errors.write(`${line}\n`);
    },
    progress(line) {
      if (errors.isTTY !== true) return;
      errors.write(`\r\u001b[2K${line.slice(0, (errors.columns ?? 80) - 1)}`);
      changing = true;
    },
    // Node itself heeds NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
    paint: (style, text) =>
      colour ? styleText(style, text, { stream: output as NodeJS.WriteStream, validateStream: true }) : text,
  };
}
