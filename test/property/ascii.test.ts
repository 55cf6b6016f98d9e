import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiOnly } from '../../lambdas/archive/ascii.ts';
import { bytesOf, inChunks } from '../unit/archive/reading.ts';

const text = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '\n', 'ü', 'ß', '山', '🚀', '\u2028', '\ud800'),
});
const chunkSizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

test('JSON has only ASCII characters and the same value, in whatever chunks it comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text), chunkSizes, async (values, sizes) => {
      const json = Buffer.from(JSON.stringify(values));
      const ascii = (await bytesOf(asciiOnly(inChunks(json, sizes)))).toString('latin1');
      expect(ascii).toMatch(/^[ -~]*$/);
      expect(JSON.parse(ascii)).toEqual(values);
      expect(ascii).toBe(obvious(JSON.stringify(values)));
    }),
    { numRuns: 500 },
  );
});

function obvious(json: string): string {
  return json.replace(/[^ -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
