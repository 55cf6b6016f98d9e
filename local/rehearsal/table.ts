import { DateTime } from 'luxon';
import type { Instant } from '../../lambdas/domain/instant.ts';
import type { Told } from './watch.ts';

/** An event of the weekend, or a state change of an alarm. */
export type Entry = { readonly at: Instant; readonly what: string } | Told;

/** The weekend as a Markdown table for the runbook. */
export function weekendTable(entries: readonly Entry[]): string {
  const rows = entries.map(entry => {
    const when = DateTime.fromMillis(entry.at, { zone: 'UTC', locale: 'en' }).toFormat('ccc HH:mm');
    if ('what' in entry) return [when, entry.what, '', ''];
    const { name, severity, meaning } = entry.alarm;
    const says = entry.state === 'ALARM' ? `${meaning}.` : 'It is over.';
    return [when, '', severity, `[${name}](#${name}): ${says}`];
  });
  return table([['when, UTC', 'what happens', 'topic', 'what it says'], ...rows]);
}

function table([headings = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(...[headings, ...rows].map(row => (row[column] ?? heading).length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(headings), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
