import { describe, expect, it, test } from 'vitest';
import { encodeRows, parsePage } from '../../../lambdas/archive/encode-rows.ts';
import { firstRowBeyond, linesBefore } from '../../../lambdas/archive/page.ts';
import { transcodePage } from '../../../lambdas/archive/transcode-page.ts';
import { defaultAttributes as attributes } from '../../../lambdas/domain/audit-record.ts';
import { transcodeInPlace } from './in-place.ts';

const key = (second: number) => `2026-11-22T07:59:0${second}.000Z#1`;
const rows = [
  { recordedAt: key(0), action: 'login' },
  { recordedAt: key(1), action: 7 },
  { recordedAt: key(2), action: 'a longer action' },
];
const page = encodeRows(rows, attributes);
const [first = 0, second = 0, third = 0] = Array.from(page.rowEnds);
const texts = (bytes: Uint8Array) => Buffer.from(bytes).toString().split('\n').slice(0, -1);

test('rows are lines, each with its end, its sort key and whether it is malformed', () => {
  expect(texts(page.lines).map(line => JSON.parse(line).Action)).toEqual(['login', 7, 'a longer action']);
  expect(page.count).toBe(3);
  expect(third).toBe(page.lines.length);
  expect([0, 1, 2].map(page.sortKey)).toEqual([key(0), key(1), key(2)]);
  expect(page.malformedRows).toEqual([1]);
  expect(() => page.sortKey(3)).toThrow(RangeError);
});

test('a page can be taken in pieces', () => {
  expect(linesBefore(page, page.count)).toEqual(page.lines);
  expect(linesBefore(page, 1)).toEqual(page.lines.subarray(0, first));
  expect(texts(linesBefore(page, 2))).toEqual(texts(page.lines).slice(0, 2));
  expect(linesBefore(page, 0).length).toBe(0);
});

test('a part is cut before the first row that no longer fits', () => {
  expect(firstRowBeyond(page, 0, 0)).toBe(0);
  expect(firstRowBeyond(page, 0, first - 1)).toBe(0);
  expect(firstRowBeyond(page, 0, first)).toBe(1);
  expect(firstRowBeyond(page, 0, second)).toBe(2);
  expect(firstRowBeyond(page, 1, second - first)).toBe(2);
  expect(firstRowBeyond(page, 1, second - first - 1)).toBe(1);
  expect(firstRowBeyond(page, 0, third)).toBe(3);
  expect(firstRowBeyond(page, 3, 0)).toBe(3);
  expect(firstRowBeyond(encodeRows([], attributes), 0, 100)).toBe(0);
});

describe.each([
  ['from bytes', transcodePage],
  ['from bytes where they were received', transcodeInPlace],
  ['by way of objects', parsePage],
])('an answer of DynamoDB, %s', (_, read) => {
  const body = (answer: unknown) => Buffer.from(JSON.stringify(answer));
  const items = [{ recordedAt: { N: '1795334399120' } }, { recordedAt: { N: '1795334400000' } }];

  it('leaves out the row at the excluded end of the window', () => {
    const kept = read(body({ Count: 2, Items: items }), attributes, '1795334400000');
    expect(kept.count).toBe(1);
    expect(kept.sortKey(0)).toBe('1795334399120');
    expect(texts(kept.lines)[0]).toContain('"Date":"2026-11-22T07:59:59.120Z"');
    const none = read(body({ Count: 1, Items: items.slice(0, 1) }), attributes, '1795334399120');
    expect([none.count, none.lines.length, none.rowEnds.length]).toEqual([0, 0, 0]);
  });

  it('tells where the next page begins', () => {
    const next = { accountId: { S: 'acme' }, recordedAt: { S: key(1) } };
    expect(read(body({ Count: 0, Items: [], LastEvaluatedKey: next }), attributes).lastEvaluatedKey).toEqual(
      next,
    );
    expect(read(body({ Count: 0, Items: [] }), attributes).lastEvaluatedKey).toBeUndefined();
  });

  it('delivers a description of 390 KB whole', () => {
    const description = `${'ü"\n\u2028'.repeat(60_000)}\ud83d\ude00`;
    const item = { recordedAt: { S: key(1) }, description: { S: description } };
    const large = read(body({ Count: 1, Items: [item] }), attributes);
    expect(JSON.parse(Buffer.from(large.lines).toString()).Description).toBe(description);
  });

  test.each([
    ['not JSON', Buffer.from('{"Items":[')],
    ['not UTF-8', Buffer.from('{"Count":0,"Items":[],"x":"\xff"}', 'latin1')],
    ['an error', body({ __type: 'ThrottlingException' })],
    ['with fewer items than announced', body({ Count: 3, Items: items })],
    ['with a row that has no sort key', body({ Count: 1, Items: [{ date: { S: key(1) } }] })],
    ['with a sort key that is a map', body({ Count: 1, Items: [{ recordedAt: { M: {} } }] })],
  ])('is refused when it is %s', (__, answer) => {
    expect(() => read(answer, attributes)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});
