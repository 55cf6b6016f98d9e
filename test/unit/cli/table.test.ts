import { expect, test } from 'vitest';
import { fields, table } from '../../../cli/table.ts';

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

test('fields leave out what is absent and put values of several lines under each other', () => {
  expect(
    fields([
      ['one', 'a\nb'],
      ['second', undefined],
      ['three', 'c'],
    ]),
  ).toEqual(['one    a\n       b', 'three  c']);
});
