import type { WriteStream } from 'node:tty';

/** Shows the progress of a run. */
export interface Progress {
  /** Prints a permanent line. */
  say(line: string): void;
  /** Shows what is happening: on a terminal one changing line, elsewhere a line every few seconds. */
  update(line: string): void;
  /** Ends the changing line. */
  end(): void;
}

type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

const terminalInterval = 80;
const plainInterval = 5000;

export function createProgress(output: Output): Progress {
  const terminal = output.isTTY === true;
  const interval = terminal ? terminalInterval : plainInterval;
  let shownAt = Number.NEGATIVE_INFINITY;
  let latest: string | undefined;

  const show = (line: string) =>
    output.write(terminal ? `\r\u001b[2K${line.slice(0, (output.columns ?? 80) - 1)}` : `${line}\n`);
  const end = () => {
    if (latest !== undefined) show(latest);
    if (terminal && Number.isFinite(shownAt)) output.write('\n');
    latest = undefined;
    shownAt = Number.NEGATIVE_INFINITY;
  };
  return {
    say(line) {
      end();
      output.write(`${line}\n`);
    },
    update(line) {
      latest = line;
      const now = performance.now();
      if (now - shownAt < interval) return;
      shownAt = now;
      latest = undefined;
      show(line);
    },
    end,
  };
}
