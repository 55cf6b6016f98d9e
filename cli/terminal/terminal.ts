import type { ReadStream, WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Interruption } from './interruption.ts';
import { cut } from './table.ts';
import { wrapped } from './wrap.ts';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>;
export type Input = NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY' | 'setRawMode'>>;

/** The input and output of a command. Results go to standard output, everything else to standard error. */
export interface Terminal extends Pick<Interruption, 'interrupted' | 'beginWork'> {
  readonly input: Input;
  readonly output: Output;
  readonly errors: Output;
  /** True if input and error output are a terminal, so that questions can be asked. */
  readonly interactive: boolean;
  /** Aborted when standard output is closed; later output is discarded. */
  readonly closed: AbortSignal;
  /** The width of standard output; infinite if it is not a terminal. */
  readonly columns: number;
  /** Prints a result for people, wrapped at the width of the terminal. */
  say(line: string): void;
  /** Prints a result for programs, without wrapping. */
  print(text: string): void;
  note(line: string): void;
  /** Shows a line on standard error that the next one replaces; nothing if that is not a terminal. */
  progress(line: string): void;
  /** Styles the text, if standard output is a terminal with colours. */
  paint(style: Style, text: string): string;
}

export interface TerminalOptions extends Pick<Interruption, 'interrupted' | 'beginWork'> {
  readonly input: Input;
  readonly output: Output;
  readonly errors: Output;
  readonly colour: boolean;
  /** The width to wrap at; by default the width of each terminal. */
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
    // Read each time, because the window may be resized.
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
    // Node respects NO_COLOR and FORCE_COLOR, and checks whether the stream is a terminal.
    paint: (style, text) =>
      colour ? styleText(style, text, { stream: output as NodeJS.WriteStream, validateStream: true }) : text,
  };
}

/** A terminal of unknown size reports 0 columns. */
export function columnsOf({ isTTY, columns }: Output, given: Pick<TerminalOptions, 'columns'>): number {
  return given.columns ?? ((isTTY && columns) || Number.POSITIVE_INFINITY);
}
