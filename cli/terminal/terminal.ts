import type { ReadStream, WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Interruption } from './interruption.ts';
import { cut } from './table.ts';
import { wrapped } from './wrap.ts';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;
export type Input = NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode'>>;

/** Where a command reads and writes. Results go to standard output, everything said on the way to standard error. */
export interface Terminal extends Pick<Interruption, 'interrupted' | 'beginWork'> {
  readonly input: Input;
  readonly output: Output;
  readonly errors: Output;
  /** True if there is a person to ask. */
  readonly interactive: boolean;
  /** Aborted once nobody reads standard output any more. What is said from then on goes nowhere. */
  readonly closed: AbortSignal;
  /** How wide standard output is; infinite where it is no terminal. */
  readonly columns: number;
  /** A result for people: broken between words where it is wider than the terminal. */
  say(line: string): void;
  /** A result for programs: as it is. */
  print(text: string): void;
  note(line: string): void;
  /** One line on standard error that changes; nothing where that is no terminal. */
  progress(line: string): void;
  /** The text in a style, where standard output is a terminal that takes colours. */
  paint(style: Style, text: string): string;
}

export interface TerminalOptions extends Pick<Interruption, 'interrupted' | 'beginWork'> {
  readonly input: Input;
  readonly output: Output;
  readonly errors: Output;
  readonly colour: boolean;
  /** How wide to write; by default as wide as each terminal is. */
  readonly columns?: number | undefined;
  readonly closed: AbortSignal;
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { input, output, errors, colour, closed, interrupted, beginWork } = options;
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
    interrupted,
    beginWork,
    // Asked each time: a window may be made smaller meanwhile.
    get columns() {
      return columnsOf(output, options);
    },
    say(line) {
      endProgress();
      output.write(`${wrapped(line, columnsOf(output, options))}\n`);
    },
    print(text) {
      endProgress();
      output.write(`${text}\n`);
    },
    note(line) {
      endProgress();
      errors.write(`${wrapped(line, columnsOf(errors, options))}\n`);
    },
    progress(line) {
      if (errors.isTTY !== true) return;
      errors.write(`\r\u001b[2K${cut(line, columnsOf(errors, options) - 1)}`);
      changing = true;
    },
    // Node itself heeds NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
    paint: (style, text) =>
      colour ? styleText(style, text, { stream: output as NodeJS.WriteStream, validateStream: true }) : text,
  };
}

/** A terminal that does not know its size says that it has none. */
export function columnsOf({ isTTY, columns }: Output, given: Pick<TerminalOptions, 'columns'>): number {
  return given.columns ?? ((isTTY && columns) || Number.POSITIVE_INFINITY);
}
