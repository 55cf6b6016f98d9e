import { expect, test } from 'vitest';
import { cut, fields, table } from '../../../../cli/terminal/table.ts';

test('columns are as wide as their widest cell, East Asian characters counted twice', () => {
  const rows = [
    { name: '東京', files: '1' },
    { name: 'ab', files: '1,204' },
  ];
  const columns = [
    { heading: 'a', text: ({ name }: (typeof rows)[number]) => name },
    { heading: 'files', align: 'right' as const, text: ({ files }: (typeof rows)[number]) => files },
  ];
  expect(table(columns, rows)).toEqual(['a     files', '東京      1', 'ab    1,204']);
});

test('a line that is too long for the terminal is cut, at the columns that characters take', () => {
  expect(cut('failing', 7)).toBe('failing');
  expect(cut('failing', 6)).toBe('faili…');
  expect(cut('東京都', 5)).toBe('東京…');
});

test('fields leave out what is absent and put values of several lines under each other', () => {
  expect(
    fields([
      ['one', 'a\nb'],
      ['second', undefined],
      ['three', 'c'],
    ]),
  ).toEqual(['one    a\n       b', 'three  c']);
});
