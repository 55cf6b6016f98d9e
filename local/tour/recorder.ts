import { runHere, wordsOf } from './run-here.ts';

/** Writes down what an operator does and sees, as Markdown. */
export interface Recorder {
  heading(text: string): void;
  tell(text: string): void;
  /** Runs a command line as it is typed after `siem-export`, and checks how it ends. */
  run(command: string, expectedExitCode?: number): Promise<void>;
  markdown(): string;
}

/** The command does not end as the tour says. */
export class TourError extends Error {
  override readonly name = 'TourError';
}

/** Of a tour through the local mode that describes itself in the working folder, where commands look for it. */
export function createRecorder(): Recorder {
  const sections: string[] = [];
  return {
    heading: text => sections.push(`## ${text}`),
    tell: text => sections.push(wrapped(text)),
    async run(command, expectedExitCode = 0) {
      const { exitCode, output, errors } = await runHere(['--local', ...wordsOf(command)]);
      if (exitCode !== expectedExitCode)
        throw new TourError(
          `siem-export ${command}: expected exit code ${expectedExitCode}, got ${exitCode}\n${output}${errors}`,
        );
      const shown = masked(`${errors}${output}`.trimEnd());
      const ending = exitCode === 0 ? '' : `\n$ echo $?\n${exitCode}`;
      sections.push(`\`\`\`console\n$ npx siem-export --local ${command}\n${shown}${ending}\n\`\`\``);
    },
    markdown: () => `${sections.join('\n\n')}\n`,
  };
}

/** The text in lines as the other documents have them; lines that it has already are kept. */
function wrapped(text: string): string {
  return text.replaceAll(/(?![^\n]{1,120}$)([^\n]{1,120})\s/gm, '$1\n');
}

/** Takes out what differs from run to run and from machine to machine, and keeps the width of it. */
function masked(output: string): string {
  const dots = (text: string) => text.replace(/[0-9a-z]/g, '·');
  return output
    .replaceAll(/\b[0-9a-f]{64}\b/g, '·'.repeat(12))
    .replaceAll(/_verify_[0-9a-f]{16}/g, '_verify_<digest>')
    .replaceAll(/(\d[\d,.]*)(?= (?:B|kB|bytes)\b)/g, dots)
    .replaceAll(
      /^(\d{4}-\d\d-\d\d .*\dZ +\d+ +\d+ +)([\d,]+)(?= )/gm,
      (_, before: string, bytes: string) => before + dots(bytes),
    );
}
