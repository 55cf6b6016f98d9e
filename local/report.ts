import stringWidth from 'string-width';
import { displayName } from '../cli/terminal/display.ts';
import { placeName, placeOf } from '../lambdas/domain/recipe.ts';
import type { AccountDelivery } from './delivery/verify.ts';

/** The result of a run; the last line of `--json`. */
export interface Totals {
  readonly accounts: number;
  readonly windows: number;
  readonly files: number;
  readonly records: number;
  /** The number of problems: missing or duplicate windows and records, failed exports. */
  readonly failed: number;
  /** The folder with the delivered files. */
  readonly out: string;
}

export function totalsOf(deliveries: readonly AccountDelivery[], failed: number, out: string): Totals {
  const sum = (figure: 'windows' | 'files' | 'records') =>
    deliveries.reduce((total, delivery) => total + delivery[figure], 0);
  return {
    accounts: deliveries.length,
    windows: sum('windows'),
    files: sum('files'),
    records: sum('records'),
    failed,
    out,
  };
}

const headings = ['account', 'time zone', 'destination', 'windows', 'files', 'records', 'bytes'] as const;
const firstNumber = 3;

/** One line per account. */
export function deliveryTable(deliveries: readonly AccountDelivery[]): string {
  const rows = deliveries.map(({ account: { record }, windows, files, records, bytes }) => [
    displayName(record.accountId),
    record.timeZone,
    placeName(placeOf(record.destination)),
    ...[windows, files, records, bytes].map(figure => figure.toLocaleString('en-US')),
  ]);
  const cells = [[...headings], ...rows];
  const widths = headings.map((_, column) => Math.max(...cells.map(row => stringWidth(row[column] ?? ''))));
  return cells
    .map(row =>
      row
        .map((cell, column) => {
          const padding = ' '.repeat((widths[column] ?? 0) - stringWidth(cell));
          return column < firstNumber ? cell + padding : padding + cell;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
