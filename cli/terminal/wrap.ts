import { stripVTControlCharacters } from 'node:util';
import wrapAnsi from 'wrap-ansi';

const narrowest = 10;

/** The beginning of a command that an operator may paste. */
const command = /(^|: |→ )(npx|siem-export|aws|az|gcloud) /;

/**
 * Wraps a text. Lines are broken between words, and continue with the indentation of their text; a command is broken
 * with backslashes, so that it can still be pasted. A word longer than the line is not broken.
 */
export function wrapped(text: string, columns: number): string {
  if (!Number.isFinite(columns)) return text;
  return text
    .split('\n')
    .flatMap(line => brokenLine(line, columns))
    .join('\n');
}

function brokenLine(line: string, columns: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const body = line.slice(indent.length);
  const mark = /^[✓✗!–→] /.test(stripVTControlCharacters(body)) ? 2 : 0;
  const hang = indent.length + mark > columns - narrowest ? 0 : indent.length + mark;
  const [first = '', ...more] = wrapAnsi(body, columns - hang - 2, { hard: false }).split('\n');
  if (more.length === 0 || wrapAnsi(body, columns - indent.length, { hard: false }) === body) return [line];
  const lines = [`${indent}${first}`, ...more.map(part => `${' '.repeat(hang)}${part}`)];
  const begin = lines.findIndex(part => command.test(stripVTControlCharacters(part).trimStart()));
  return begin === -1
    ? lines
    : lines.map((part, index) => (index < begin || index === lines.length - 1 ? part : `${part} \\`));
}
