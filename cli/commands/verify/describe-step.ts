import type { Step } from '../../stage/bucket/steps.ts';
import { printableLine } from '../../terminal/display.ts';
import type { Style, Terminal } from '../../terminal/terminal.ts';

const marks: Readonly<Record<Step['outcome'], readonly [string, Style]>> = {
  right: ['✓', 'green'],
  wrong: ['✗', 'red'],
  warning: ['!', 'yellow'],
  unknown: ['–', 'dim'],
};

export function markOf(outcome: Step['outcome'], { paint }: Terminal): string {
  const [mark, style] = marks[outcome];
  return paint(style, mark);
}

/** The lines for a step: result, detail, remedy. */
export function describeStep({ name, outcome, detail, remedy }: Step, terminal: Terminal): string[] {
  return [
    `${markOf(outcome, terminal)} ${outcome === 'unknown' ? terminal.paint('dim', name) : name}`,
    ...indented(detail, ''),
    ...indented(remedy, '→ '),
  ];
}

function indented(text: string | undefined, mark: string): string[] {
  const lines = (text ?? '').split('\n').filter(line => line !== '');
  return lines.map(line => `    ${mark}${printableLine(line)}`);
}
