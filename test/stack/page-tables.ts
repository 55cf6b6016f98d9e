/** The cells of every table row of a Markdown page, without padding. */
export function tableRows(page: string): string[][] {
  return page
    .split('\n')
    .filter(line => line.startsWith('|'))
    .map(line =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map(cell => cell.trim()),
    );
}

/** The text of a cell without code marks. */
export function plainText(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}
