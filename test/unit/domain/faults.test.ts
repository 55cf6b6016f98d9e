import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeFaults, validate } from '../../../lambdas/domain/faults.ts';

const schema = z.strictObject({
  name: z.string(),
  count: z.number(),
  kind: z.enum(['a', 'b']),
  place: z.object({ code: z.string().regex(/^\d+$/, 'expected digits') }),
});

const valid = { name: 'n', count: 1, kind: 'a', place: { code: '1' } };

describe('validate', () => {
  it('gives the data of a valid value', () => {
    expect(validate(schema, valid)).toEqual({ data: valid, faults: [] });
  });

  it('tells every fault at once: where, what was expected, what kind of value was got', () => {
    expect(validate(schema, { name: 5, kind: 'c', place: { code: 'x' } })).toEqual({
      faults: [
        'name: expected text, got number',
        'count: expected number, got nothing',
        'kind: expected a or b, got other text',
        'place.code: expected digits, got other text',
      ],
    });
  });

  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['', 'empty text'],
    ['text', 'text'],
    [[], 'list'],
    [{}, 'map'],
    [new Set(), 'set'],
    [new Uint8Array(), 'binary'],
    [true, 'boolean'],
  ])('calls %j by its kind', (value, kind) => {
    expect(validate(z.number(), value).faults).toEqual([`expected number, got ${kind}`]);
  });

  it('names an attribute that is one too many, unless it looks like a value', () => {
    expect(validate(schema, { ...valid, colour: 'red' }).faults).toEqual(['expected no attribute colour']);
    expect(validate(schema, { ...valid, 'AKIA123\n': 'red' }).faults).toEqual([
      'expected no attribute with such a name',
    ]);
  });
});

describe('describeFaults', () => {
  it('joins the faults of an error', () => {
    const { error } = z.object({ a: z.string('expected text'), b: z.string('expected text') }).safeParse({});
    expect(error && describeFaults(error)).toBe('a: expected text; b: expected text');
  });
});
