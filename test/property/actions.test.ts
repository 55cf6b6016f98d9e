import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globPattern, indexOfRule, meaningOf, type Rule } from '../../lambdas/domain/actions.ts';

/** Few characters, so that patterns match often; with those that regular expressions and line ends treat in their own way. */
const piece = fc.constantFrom(
  'a',
  'b',
  '.',
  '\\',
  '$',
  '^',
  '(',
  '[',
  '+',
  '?',
  '|',
  '-',
  '/',
  '\n',
  'é',
  '🚀',
);
const text = (more: fc.Arbitrary<string>) => fc.array(more, { maxLength: 8 }).map(pieces => pieces.join(''));
const name = text(piece);
const glob = text(fc.oneof(piece, fc.constant('*')));

describe('a glob', () => {
  it('matches as an obvious matcher does, and so does its regular expression', () => {
    fc.assert(
      fc.property(glob, name, (pattern, action) => {
        const expected = obviouslyMatches([...pattern], [...action]);
        expect(indexOfRule(action, [rule('glob', pattern)]) === 0).toBe(expected);
        expect(globPattern(pattern).test(action)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it('matches what it was made from', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.array(name), (literals, between) => {
        const action = literals.reduce(
          (whole, literal, index) => `${whole}${between[index - 1] ?? ''}${literal}`,
        );
        expect(indexOfRule(action, [rule('glob', literals.join('*'))])).toBe(0);
      }),
    );
  });
});

describe('the first rule that matches', () => {
  it('gives the meaning, whatever follows', () => {
    const kind = fc.constantFrom('exact', 'prefix', 'glob');
    const rules = fc.array(fc.record({ kind, text: glob }), { maxLength: 6 });
    fc.assert(
      fc.property(rules, name, (given, action) => {
        const all = given.map(each => rule(each.kind, each.text));
        const alone = all.map(each => indexOfRule(action, [each]) === 0);
        expect(indexOfRule(action, all)).toBe(alone.indexOf(true));
        const expected = alone.includes(true) ? 'delete' : 'other';
        expect(meaningOf(action, all).verb).toBe(expected);
      }),
    );
  });
});

function rule(kind: Rule['kind'], given: string): Rule {
  return { kind, text: given, verb: 'delete', outcome: 'success' };
}

/** Tries everything that a wildcard may stand for. */
function obviouslyMatches([first, ...rest]: readonly string[], action: readonly string[]): boolean {
  if (first === undefined) return action.length === 0;
  if (first !== '*') return action[0] === first && obviouslyMatches(rest, action.slice(1));
  return Array.from({ length: action.length + 1 }, (_, from) => action.slice(from)).some(left =>
    obviouslyMatches(rest, left),
  );
}
