import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Page } from '../../lambdas/archive/page.ts';
import { cutPart, type PartRows } from '../../lambdas/exporter/cut-part.ts';

interface Row {
  readonly sortKey: string;
  readonly line: string;
  readonly malformed: boolean;
}

/** Rows with ascending sort keys and lines of any length. */
const rowList = fc
  .array(fc.record({ size: fc.nat(60), malformed: fc.boolean() }), { maxLength: 40 })
  .map(rows =>
    rows.map(({ size, malformed }, index): Row => {
      const sortKey = String(index).padStart(4, '0');
      return { sortKey, malformed, line: `${sortKey}${'x'.repeat(size)}\n` };
    }),
  );

/** Where the rows after a sort key are split into pages; equal values make empty pages. */
const cuts = fc.array(fc.nat(40), { maxLength: 8 });

function pageOf(rows: readonly Row[]): Page {
  let end = 0;
  return {
    lines: Buffer.from(rows.map(({ line }) => line).join('')),
    count: rows.length,
    rowEnds: rows.map(({ line }) => (end += line.length)),
    malformedRows: rows.flatMap(({ malformed }, index) => (malformed ? [index] : [])),
    fields: 0,
    sortKey: row => rows[row]?.sortKey ?? '',
    lastEvaluatedKey: undefined,
  };
}

async function* pagesAfter(rows: readonly Row[], after: string | undefined, at: readonly number[]) {
  const rest = after === undefined ? rows : rows.filter(({ sortKey }) => sortKey > after);
  const bounds = [0, ...at.map(cut => Math.min(cut, rest.length)).toSorted((a, b) => a - b), rest.length];
  for (let page = 1; page < bounds.length; page++) yield pageOf(rest.slice(bounds[page - 1], bounds[page]));
}

async function cutAll(rows: readonly Row[], partBytes: number, at: readonly number[]) {
  const parts: ({ text: string } & PartRows)[] = [];
  for (let after: string | undefined; ; ) {
    const part = cutPart(pagesAfter(rows, after, at), partBytes);
    const text = Buffer.concat(await Array.fromAsync(part.lines)).toString();
    const figures = part.content().rows;
    parts.push({ text, ...figures });
    if (figures.final) return parts;
    after = figures.lastSortKey;
  }
}

describe('the parts of a window', () => {
  it('hold every row once, in order, and count them', async () => {
    await fc.assert(
      fc.asyncProperty(rowList, fc.integer({ min: 1, max: 500 }), cuts, async (rows, partBytes, at) => {
        const parts = await cutAll(rows, partBytes, at);
        expect(parts.map(({ text }) => text).join('')).toBe(rows.map(({ line }) => line).join(''));
        expect(parts.reduce((sum, { records }) => sum + records, 0)).toBe(rows.length);
        expect(parts.reduce((sum, { malformed }) => sum + malformed, 0)).toBe(
          rows.filter(({ malformed }) => malformed).length,
        );
      }),
    );
  });

  it('are as large as the limit allows, and larger only for a single row', async () => {
    await fc.assert(
      fc.asyncProperty(rowList, fc.integer({ min: 1, max: 500 }), cuts, async (rows, partBytes, at) => {
        const parts = await cutAll(rows, partBytes, at);
        for (const [index, { text, records }] of parts.entries()) {
          if (text.length > partBytes) expect(records).toBe(1);
          const next = parts[index + 1]?.text;
          if (next !== undefined) expect(text.length + next.indexOf('\n') + 1).toBeGreaterThan(partBytes);
        }
      }),
    );
  });

  it('are the same however the rows are paged', async () => {
    await fc.assert(
      fc.asyncProperty(
        rowList,
        fc.integer({ min: 1, max: 500 }),
        cuts,
        cuts,
        async (rows, partBytes, one, other) => {
          expect(await cutAll(rows, partBytes, one)).toEqual(await cutAll(rows, partBytes, other));
        },
      ),
    );
  });

  it('are one empty part for a window without rows', async () => {
    expect(await cutAll([], 100, [])).toEqual([
      { text: '', records: 0, malformed: 0, final: true, lastSortKey: undefined },
    ]);
  });
});
