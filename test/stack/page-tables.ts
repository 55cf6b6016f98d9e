/** The cells of every table row in a page of Markdown, without the padding that the formatter adds. */
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

/** A cell's text without the marks of code. */
export function plainText(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '');
}
