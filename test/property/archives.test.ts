import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { createArchive } from '../../lambdas/archive/archive.ts';
import { deflateOnThreadPool, deflateSynchronously } from '../../lambdas/archive/deflate.ts';
import { jsonArray } from '../../lambdas/archive/json-array.ts';
import { bytesOf, inChunks } from '../unit/archive/reading.ts';

const record = fc.jsonValue({ maxDepth: 1 });
const linesOf = (records: unknown[]) =>
  Buffer.from(records.map(value => `${JSON.stringify(value)}\n`).join(''));
const chunkSizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });
const archiveOptions = fc.record({
  format: fc.constantFrom('ndjson', 'json'),
  compression: fc.constantFrom('zip', 'gzip', 'none'),
  level: fc.integer({ min: 1, max: 9 }),
  entryName: fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter(name => name !== '__proto__'),
  modifiedAt: fc.integer({ min: 0, max: Date.UTC(2100, 0) }),
});

test('the array of any records, in whatever chunks their lines come, has each once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record), chunkSizes, async (records, sizes) => {
      const text = (await bytesOf(jsonArray(inChunks(linesOf(records), sizes)))).toString();
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(records)));
      expect(text.split('\n').length).toBe(records.length === 0 ? 2 : records.length + 3);
    }),
    { numRuns: 300 },
  );
});

test('an archive of any kind holds the records, and the same input makes the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(record),
      archiveOptions,
      chunkSizes,
      chunkSizes,
      async (records, options, sizes, otherSizes) => {
        const lines = linesOf(records);
        const archive = createArchive({
          ...options,
          lines: inChunks(lines, sizes),
          deflateBlock: deflateOnThreadPool,
        });
        const packed = await bytesOf(archive.body);
        const again = createArchive({
          ...options,
          lines: inChunks(lines, otherSizes),
          deflateBlock: deflateSynchronously,
        });
        expect((await bytesOf(again.body)).equals(packed)).toBe(true);
        expect(again.figures().bytes).toBe(packed.length);

        const expected = options.format === 'json' ? await bytesOf(jsonArray(inChunks(lines, [7]))) : lines;
        if (options.compression === 'none') {
          expect(packed.toString('latin1')).toMatch(/^[\n -~]*$/);
          expect(packed.toString().split('\n').map(unescaped)).toEqual(
            expected.toString().split('\n').map(unescaped),
          );
          return;
        }
        const content =
          options.compression === 'zip' ? unzipSync(packed)[options.entryName] : gunzipSync(packed);
        expect(Buffer.from(content ?? 'missing').equals(expected)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

/** A line with every escape resolved, whatever its way of writing. */
function unescaped(line: string): unknown {
  const json = line.replace(/,$/, '');
  return json === '' || json === '[' || json === ']' ? json : JSON.parse(json);
}
