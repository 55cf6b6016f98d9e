import { runHere, wordsOf } from './run-here.ts';

/** Records commands and their output as Markdown. */
export interface Recorder {
  heading(text: string): void;
  tell(text: string): void;
  /** Runs a command, given as the words after `siem-export`, and checks its exit code. */
  run(command: string, expectedExitCode?: number): Promise<void>;
  markdown(): string;
}

/** A command ended with another exit code than the tour expects. */
export class TourError extends Error {
  override readonly name = 'TourError';
}

/** Records a tour through the local mode whose state file is in the working folder. */
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

/** Wraps the text like the other documents; existing line breaks are kept. */
function wrapped(text: string): string {
  return text.replaceAll(/(?![^\n]{1,120}$)([^\n]{1,120})\s/gm, '$1\n');
}

/** Masks what differs between runs and machines; the width stays the same. */
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
