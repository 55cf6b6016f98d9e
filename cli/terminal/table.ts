import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { wrapped } from './wrap.ts';

/** The width of the terminal in characters. */
export interface Width {
  readonly columns: number;
}

export interface Column<Row> {
  readonly heading: string;
  readonly align?: 'right';
  text(row: Row): string;
}

/**
 * A table with headings, columns two spaces apart; the last column is not padded. If it is wider than the terminal,
 * each row is printed as lines of name and value.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { columns: width }: Width,
): string[] {
  const cells = [
    columns.map(({ heading }) => heading),
    ...rows.map(row => columns.map(({ text }) => text(row))),
  ];
  const widths = columns.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, stringWidth(row[column] ?? '')), 0),
  );
  if (widths.reduce((sum, each) => sum + each + 2, -2) > width)
    return rows.flatMap(row => [
      ...fields(
        columns.map(({ heading, text }) => [heading, text(row)]),
        { columns: width },
      ),
      '',
    ]);
  return cells.map(row =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - stringWidth(cell));
        return columns[column]?.align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Cuts the text to so many columns. */
export function cut(text: string, columns: number): string {
  return stringWidth(text) <= columns ? text : cliTruncate(text, Math.max(columns, 1));
}

/** If fewer columns remain for values, each value is printed below its name. */
const narrowestValue = 20;

/** Lines of name and value, with the values aligned. */
export function fields(
  entries: readonly (readonly [name: string, value: string | undefined])[],
  { columns }: Width,
): string[] {
  const shown = entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
  const width = shown.reduce((widest, [name]) => Math.max(widest, stringWidth(name)), 0) + 2;
  if (columns - width < narrowestValue)
    return shown.flatMap(([name, value]) => [
      name,
      ...wrapped(value, columns - 2)
        .split('\n')
        .map(line => `  ${line}`),
    ]);
  return shown.map(
    ([name, value]) =>
      `${name.padEnd(width)}${wrapped(value, columns - width).replaceAll('\n', `\n${' '.repeat(width)}`)}`,
  );
}
