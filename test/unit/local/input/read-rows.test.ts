import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRows } from '../../../../local/input/read-rows.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-rows-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Buffer) {
  const file = join(folder, 'rows.jsonl');
  await writeFile(file, content);
  return readRows(file);
}

const row = (description: string) => `{"date":"2025-11-03T07:04:00Z","description":"${description}"}`;

test('a raw U+2028, U+2029, U+0085 or DEL inside a value ends no line', async () => {
  const rows = await read(`\ufeff${row('a\u2028b\u2029c\u0085d\u007f')}\r\n\n${row('second')}`);
  expect(rows.map(({ values }) => values.description)).toEqual(['a\u2028b\u2029c\u0085d\u007f', 'second']);
});

test('a lone CR ends no line, so what is not JSON is told with its own line', async () => {
  await expect(read(`${row('a')}\n${row('b')}\r${row('c')}`)).rejects.toThrow(/1 faulty line:\n {2}line 2: /);
});

test('a file in Latin-1 is refused with its line', async () => {
  const bytes = Buffer.from(`${row('a')}\n${row('Straße')}`, 'latin1');
  await expect(read(bytes)).rejects.toThrow(/cannot be read: line 2 is not UTF-8/);
});

test('a key twice in a row is a fault: one of its values would be lost', async () => {
  await expect(read('{"date":"2025-11-03T07:04:00Z","email":"a","email":"b"}')).rejects.toThrow(
    'line 1: "email": it is given twice',
  );
});

test('a date in epoch seconds is that of its second', async () => {
  const [first] = await read('{"date":1762135200,"email":"a"}');
  expect(first?.recordedAt).toBe(1_762_135_200_000);
});
