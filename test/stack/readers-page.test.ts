import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fitOf, kitReaders, readerNames } from '../../lambdas/domain/reader.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/customer/readers.md'), 'utf8');

test('docs/customer/readers.md has the table of the code', () => {
  const rows = [...page.matchAll(/^\| ([A-Z][\w ]+?) +\|([^|]+)\|([^|]+)\|([^|]+)\|/gm)];
  const found = rows.map(([, name, ...cells]) => [name, ...cells.map(cell => cell.trim())]);
  const expected = kitReaders.map(reader => [
    readerNames[reader],
    ...(['s3', 'gcs', 'azure'] as const).map(cloud => {
      const fit = fitOf(reader, cloud);
      if (typeof fit === 'string') return '–';
      const kinds = fit.compressions.map(kind => `\`${kind}\``);
      return [...kinds, ...(fit.emptyFiles === undefined ? [] : ['no empty'])].join(', ');
    }),
  ]);
  expect(found).toEqual(expected);
});

test('docs/customer/readers.md has a section for each reader', () => {
  for (const reader of kitReaders) expect(page).toContain(`\n## ${readerNames[reader]}\n`);
});
