import { expect, test } from 'vitest';
import { encodeRows } from '../../../lambdas/archive/encode-rows.ts';
import type { Page } from '../../../lambdas/archive/page.ts';
import { defaultAttributes } from '../../../lambdas/domain/audit-record.ts';
import { cutPart, type EncodeRows } from '../../../lambdas/exporter/cut-part.ts';

const key = (second: number) => `2026-11-22T07:59:0${second}.000Z#1`;
const page = encodeRows(
  [
    { recordedAt: key(0), action: 'login' },
    { recordedAt: key(1), action: 7 },
    { recordedAt: key(2), action: 'logout' },
  ],
  defaultAttributes,
);
const [first = 0, second = 0] = Array.from(page.rowEnds);

async function* pagesOf(...pages: Page[]): AsyncGenerator<Page> {
  yield* pages;
}

async function read(part: ReturnType<typeof cutPart>): Promise<string> {
  const chunks = await Array.fromAsync(part.lines, lines => Buffer.from(lines));
  return Buffer.concat(chunks).toString();
}

test('a part has the rows that fit, counts the malformed ones among them, and says whether rows are left', async () => {
  const part = cutPart(pagesOf(page), second);
  expect((await read(part)).split('\n')).toHaveLength(3);
  expect(part.content().rows).toEqual({ records: 2, malformed: 1, final: false, lastSortKey: key(1) });
  const smaller = cutPart(pagesOf(page), first);
  await read(smaller);
  expect(smaller.content().rows).toMatchObject({ records: 1, malformed: 0, final: false });
});

test('a part is cut by the lines of the page, however long the lines that are made of them', async () => {
  const twice: EncodeRows = (rows, to) => Buffer.from('x\n'.repeat(1000 * to + rows.count));
  const part = cutPart(pagesOf(page), second, twice);
  expect((await read(part)).length).toBe(2 * 2003);
  expect(part.content().rows.records).toBe(2);
});

test('whether a part has rows can be asked before it is read, and does not change it', async () => {
  const part = cutPart(pagesOf(page), Number.POSITIVE_INFINITY);
  expect(await part.isEmpty()).toBe(false);
  expect(await read(part)).toBe(Buffer.from(page.lines).toString());
  const empty = cutPart(pagesOf(encodeRows([], defaultAttributes)), 1000);
  expect(await empty.isEmpty()).toBe(true);
  expect(empty.content().rows).toMatchObject({ records: 0, final: true });
});
