import { expect, test } from 'vitest';
import { cut, fields, table } from '../../../../cli/terminal/table.ts';

const wide = { columns: Number.POSITIVE_INFINITY };

test('columns are as wide as their widest cell, East Asian characters counted twice', () => {
  const rows = [
    { name: '東京', files: '1' },
    { name: 'ab', files: '1,204' },
  ];
  const columns = [
    { heading: 'a', text: ({ name }: (typeof rows)[number]) => name },
    { heading: 'files', align: 'right' as const, text: ({ files }: (typeof rows)[number]) => files },
  ];
  expect(table(columns, rows, wide)).toEqual(['a     files', '東京      1', 'ab    1,204']);
});

test('a line that is too long for the terminal is cut, at the columns that characters take', () => {
  expect(cut('failing', 7)).toBe('failing');
  expect(cut('failing', 6)).toBe('faili…');
  expect(cut('東京都', 5)).toBe('東京…');
});

test('fields leave out what is absent and put values of several lines under each other', () => {
  expect(
    fields(
      [
        ['one', 'a\nb'],
        ['second', undefined],
        ['three', 'c'],
      ],
      wide,
    ),
  ).toEqual(['one    a\n       b', 'three  c']);
});

test('emoji and joined characters take the columns that a terminal gives them', () => {
  const columns = [
    { heading: 'a', text: (name: string) => name },
    { heading: 'b', text: () => '|' },
  ];
  expect(table(columns, ['👩‍👩‍👧', 'é', 'ab'], wide)).toEqual(['a   b', '👩‍👩‍👧  |', 'é   |', 'ab  |']);
});

test('rows that are wider than the terminal stand each by itself, a column on a line', () => {
  const columns = [
    { heading: 'account', text: (name: string) => name },
    { heading: 'destination', text: () => 's3://acme-audit/siem' },
  ];
  expect(table(columns, ['acme', 'globex'], { columns: 24 })).toEqual([
    'account',
    '  acme',
    'destination',
    '  s3://acme-audit/siem',
    '',
    'account',
    '  globex',
    'destination',
    '  s3://acme-audit/siem',
    '',
  ]);
});
