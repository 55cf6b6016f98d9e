import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePage } from '../../lambdas/archive/encode-rows.ts';
import { createPageMemory } from '../../lambdas/archive/page-memory.ts';
import { transcodePage } from '../../lambdas/archive/transcode-page.ts';
import {
  type AuditLogAttributes,
  defaultAttributes,
  type RecordField,
  type RowLayout,
  recordColumns,
} from '../../lambdas/domain/audit-record.ts';

const columns = Object.keys(defaultAttributes) as (keyof AuditLogAttributes)[];
/** Lengths up to several blocks of the scanner, sometimes with characters that need escaping. */
const text = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 70 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.nat(40),
        fc.constantFrom('\u001f', '\u007f', '\u0085', '\u00a0', '\u2027', '\u2028', '/', '\\'),
      )
      .map(([before, character]) => `${'x'.repeat(before)}${character}`),
  },
);
const instant = fc
  .date({ noInvalidDate: true, min: new Date('0000-01-01'), max: new Date('9999-12-31') })
  .map(at => at.toISOString());
const dateValue = fc.oneof(
  { weight: 20, arbitrary: instant },
  { weight: 1, arbitrary: instant.map(at => at.replace(/\d/, '9')) },
  { weight: 1, arbitrary: instant.map(at => `${at.slice(0, 8)}31${at.slice(10)}`) },
  { weight: 1, arbitrary: fc.constantFrom('2026-02-29T00:00:00.000Z', '2026-11-22T24:00:00.000Z', '') },
);
const row = fc.record(
  {
    ...Object.fromEntries(columns.map(column => [column, text])),
    date: dateValue,
    sortKey: fc.tuple(dateValue, fc.nat()).map(([at, id]) => `${at}#${id}`),
  },
  { requiredKeys: ['sortKey'] },
) as fc.Arbitrary<Partial<AuditLogAttributes> & { sortKey: string }>;
const fields: RecordField[] = recordColumns.map(([, field]) => field);
/** Names of very different lengths; one attribute may be used for several columns, and some may be required. */
const layouts = fc
  .array(fc.constantFrom('a', 'at', 'recordedAt', 'x'.repeat(16), 'a-name-of-many-letters', 'détail'), {
    minLength: columns.length,
    maxLength: columns.length,
  })
  .map(
    names =>
      Object.fromEntries([
        ...columns.map((column, index) => [column, names[index]]),
        ['sortKey', 'sortKey'],
      ]) as unknown as AuditLogAttributes,
  )
  .chain(layout =>
    fc
      .oneof(fc.constant([]), fc.subarray(fields, { maxLength: 2 }))
      .map((required): RowLayout => ({ ...layout, required })),
  );

const memory = createPageMemory();
function received(body: Buffer): Buffer {
  const answer = memory.answer(body.length);
  answer.set(body);
  return answer;
}

function answerOf(rows: readonly Partial<AuditLogAttributes>[], layout: AuditLogAttributes): Buffer {
  const items = rows.map(values =>
    Object.fromEntries(
      Object.entries(values).map(([column, value]) => [
        layout[column as keyof AuditLogAttributes],
        { S: value },
      ]),
    ),
  );
  return Buffer.from(JSON.stringify({ Count: items.length, Items: items }));
}

test('a row without fields, or without a required one, is malformed by WebAssembly, too', () => {
  const key = (id: string) => ({ sortKey: `2026-11-22T00:00:00.000Z#${id}` });
  const rows = [
    key('date alone'),
    { ...key('empty texts'), date: '2026-11-22T00:00:00.000Z', email: '', action: '' },
    { ...key('one field'), email: 'ann@example.com' },
    { ...key('all that is required'), email: 'ann@example.com', action: 'login' },
    { ...key('an empty one'), email: 'ann@example.com', action: '' },
    { ...key('last'), email: 'ann@example.com', action: 'login' },
  ];
  const read = (layout: RowLayout) => {
    const page = transcodePage(received(answerOf(rows, layout)), layout, undefined, memory);
    return { malformed: page.malformedRows, fields: page.fields };
  };
  expect(read(defaultAttributes)).toEqual({ malformed: [0], fields: 0b000111 });
  expect(read({ ...defaultAttributes, required: ['action'] }).malformed).toEqual([0, 2]);
  expect(read({ ...defaultAttributes, required: ['date'] }).malformed).toEqual([0, 2, 3, 4, 5]);
});

test('rows of texts make the same lines by WebAssembly as by way of objects', () => {
  fc.assert(
    fc.property(layouts, fc.array(row, { maxLength: 12 }), fc.nat(12), (layout, rows, nth) => {
      const body = answerOf(rows, layout);
      const excluded = rows[nth]?.sortKey;
      const page = transcodePage(received(body), layout, excluded, memory);
      const expected = parsePage(body, layout, excluded);
      expect(Buffer.from(page.lines).toString()).toBe(Buffer.from(expected.lines).toString());
      expect(Array.from(page.rowEnds)).toEqual(expected.rowEnds);
      expect(page.malformedRows).toEqual(expected.malformedRows);
      expect(page.fields).toBe(expected.fields);
      for (let index = 0; index < page.count; index++)
        expect(page.sortKey(index)).toBe(expected.sortKey(index));
    }),
    { numRuns: 3000 },
  );
});

test('all plain rows but the last of an answer are read by WebAssembly, in any order of their attributes', () => {
  const plain = fc.record(
    {
      ...Object.fromEntries(
        columns.map(column => [column, fc.string({ unit: 'grapheme-ascii', maxLength: 70 })]),
      ),
      date: instant.filter(at => !at.includes('-02-29T')),
      sortKey: fc
        .tuple(instant, fc.nat())
        .map(([at, id]) => `${at}#${id}`)
        .filter(key => !key.includes('-02-29T')),
      email: fc.string({ unit: 'grapheme-ascii', maxLength: 70 }),
    },
    { requiredKeys: ['sortKey', 'email'] },
  ) as typeof row;
  const shuffled = fc.tuple(plain, fc.infiniteStream(fc.nat())).map(([values, order]) =>
    Object.fromEntries(
      Object.entries(values)
        .map(entry => ({ entry, rank: order.next().value as number }))
        .sort((one, other) => one.rank - other.rank)
        .map(({ entry }) => entry),
    ),
  );
  fc.assert(
    fc.property(fc.array(shuffled, { minLength: 1, maxLength: 8 }), rows => {
      const body = received(answerOf(rows, defaultAttributes));
      transcodePage(body, defaultAttributes, undefined, memory);
      const { lineEnds, readTo } = memory.plainRows.readRows(body.indexOf('[') + 1, 0);
      expect(lineEnds.length).toBe(rows.length - 1);
      expect(body.subarray(readTo).toString()).toMatch(/^\{.*\}\]\}$/s);
    }),
    { numRuns: 500 },
  );
});

test('rows that come to more bytes than their answer are all there', () => {
  const layout = Object.fromEntries([
    ...columns.map(column => [column, column.slice(0, 2)]),
    ['sortKey', 'k'],
  ]) as unknown as AuditLogAttributes;
  const rows = Array.from({ length: 5_000 }, (_, index) => ({
    sortKey: new Date(1_795_000_000_000 + index).toISOString(),
    email: 'x',
  }));
  const body = answerOf(rows, layout);
  const page = transcodePage(received(body), layout, undefined, memory);
  expect(page.lines.length).toBeGreaterThan(2 * body.length);
  expect(Buffer.compare(page.lines, parsePage(body, layout).lines)).toBe(0);
  expect(page.sortKey(4_999)).toBe(rows[4_999]?.sortKey);
});

test('an answer longer than all before has room of its own, and one that is shorter has no more than its own rows', () => {
  const own = createPageMemory();
  for (const count of [1, 5_000, 3]) {
    const rows = Array.from({ length: count }, (_, index) => ({
      sortKey: `2026-11-22T00:00:00.000Z#${index}`,
    }));
    const body = answerOf(rows, defaultAttributes);
    const answer = own.answer(body.length);
    answer.set(body);
    const page = transcodePage(answer, defaultAttributes, undefined, own);
    expect(Buffer.compare(page.lines, parsePage(body, defaultAttributes).lines)).toBe(0);
  }
});
