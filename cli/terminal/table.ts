import { displayWidth } from './display.ts';

export interface Column<Row> {
  readonly heading: string;
  readonly align?: 'right';
  text(row: Row): string;
}

/** Rows under headings, in columns two spaces apart; the last column is not filled up. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = [
    columns.map(({ heading }) => heading),
    ...rows.map(row => columns.map(({ text }) => text(row))),
  ];
  const widths = columns.map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), 0),
  );
  return cells.map(row =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
        return columns[column]?.align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** The text, or as much of it as fits into so many columns. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let shown = '';
  for (const character of text) {
    if (displayWidth(shown + character) >= columns) break;
    shown += character;
  }
  return `${shown}…`;
}

/** Names and values, the values under each other. */
export function fields(entries: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  const shown = entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
  const width = shown.reduce((widest, [name]) => Math.max(widest, name.length), 0);
  return shown.map(
    ([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`,
  );
}
