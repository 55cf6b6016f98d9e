import { unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeRows, parsePage } from '../../lambdas/archive/encode-rows.ts';
import type { Page } from '../../lambdas/archive/page.ts';
import { transcodeFamiliar, transcodePage } from '../../lambdas/archive/transcode-page.ts';
import { defaultAttributes as attributes, type StoredRow } from '../../lambdas/domain/audit-record.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { transcodeInPlace } from '../unit/archive/in-place.ts';
import { answers, anyValue, attributeValue, date, number, text } from './query-answers.ts';

const contentOf = (page: Page) => ({
  lines: Buffer.from(page.lines).toString('utf8'),
  bytes: Buffer.from(page.lines).toString('hex'),
  count: page.count,
  rowEnds: Array.from(page.rowEnds),
  malformedRows: page.malformedRows,
  fields: page.fields,
  sortKeys: Array.from({ length: page.count }, (_, row) => page.sortKey(row)),
  lastEvaluatedKey: page.lastEvaluatedKey,
});

const outcomeOf = (read: () => Page) => {
  try {
    return contentOf(read());
  } catch (error) {
    if (error instanceof ExportError) return { failed: error.message };
    throw error;
  }
};

const runs = { numRuns: 2000 };

test('bytes make the same page as objects do, for every kind of value', () => {
  fc.assert(
    fc.property(
      answers({ escapes: false, spaces: false, value: attributeValue }),
      ({ body, layout, sortKeys }) => {
        const excluded = sortKeys.at(-1);
        for (const read of [transcodePage, transcodeInPlace]) {
          expect(contentOf(read(body, layout))).toEqual(contentOf(parsePage(body, layout)));
          expect(contentOf(read(body, layout, excluded))).toEqual(
            contentOf(parsePage(body, layout, excluded)),
          );
        }
      },
    ),
    runs,
  );
});

test('bytes make the same page as objects do, however the JSON is written and whatever stands for a value', () => {
  fc.assert(
    fc.property(
      fc.boolean().chain(spaces => answers({ escapes: true, spaces, value: anyValue })),
      fc.nat(5),
      ({ body, layout, sortKeys }, nth) => {
        const excluded = sortKeys[nth];
        for (const read of [transcodePage, transcodeInPlace])
          expect(outcomeOf(() => read(body, layout, excluded))).toEqual(
            outcomeOf(() => parsePage(body, layout, excluded)),
          );
      },
    ),
    runs,
  );
});

test('a damaged answer is the same page by both ways, or no page by either', () => {
  fc.assert(
    fc.property(
      answers({ escapes: true, spaces: false, value: attributeValue }),
      fc.array(
        fc.tuple(
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\u0'))),
        ),
      ),
      fc.double({ min: 0, max: 3, noNaN: true }),
      ({ body, layout }, changes, cut) => {
        const damaged = Buffer.from(body.subarray(0, Math.ceil(Math.min(cut, 1) * body.length)));
        for (const [where, byte] of changes.slice(0, 2)) damaged[Math.floor(where * damaged.length)] = byte;
        for (const read of [transcodePage, transcodeInPlace])
          expect(outcomeOf(() => read(damaged, layout))).toEqual(outcomeOf(() => parsePage(damaged, layout)));
      },
    ),
    runs,
  );
});

test('an answer as DynamoDB writes it never takes the way by objects', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ description: text, number, nested: attributeValue }), { maxLength: 5 }),
      rows => {
        const items = rows.map(({ description, number, nested }, index) => ({
          recordedAt: { S: `2026-11-22T07:59:59.12${index}Z#01JD` },
          description: { S: description },
          actionId: { N: number },
          email: nested,
        }));
        const body = Buffer.from(
          JSON.stringify({ Count: items.length, Items: items, ScannedCount: items.length }),
        );
        expect(transcodeFamiliar(body, attributes)?.count).toBe(items.length);
      },
    ),
    { numRuns: 500 },
  );
});

/** The SDK’s unmarshalling drops an attribute of a map named `__proto__`. */
const mapKey = fc.string().filter(name => name !== '__proto__');

test('objects that the SDK has unmarshalled make the same lines', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          date: fc.record({ S: date }),
          email: fc.record({ S: text }),
          action: fc.record({ BOOL: fc.boolean() }),
          actionId: fc.record({ N: fc.integer().map(String) }),
          description: fc.record({ M: fc.dictionary(mapKey, fc.record({ SS: fc.constant(['a']) })) }),
          ipAddress: fc.record({ L: fc.array(fc.record({ S: text })) }),
        }),
      ),
      rows => {
        const items = rows.map((row, index) => ({
          recordedAt: { S: `2026-11-22T07:59:59.12${index}Z#` },
          ...row,
        }));
        const body = Buffer.from(JSON.stringify({ Count: items.length, Items: items }));
        const unmarshalled = items.map(
          item => unmarshall({ ...item } as unknown as Parameters<typeof unmarshall>[0]) as StoredRow,
        );
        expect(contentOf(transcodePage(body, attributes))).toEqual(
          contentOf(encodeRows(unmarshalled, attributes)),
        );
      },
    ),
    { numRuns: 300 },
  );
});
