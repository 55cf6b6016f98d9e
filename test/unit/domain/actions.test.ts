import { describe, expect, it } from 'vitest';
import { type Actions, indexOfRule, meaningOf, validateActions } from '../../../lambdas/domain/actions.ts';
import actionsFile from '../../../readers/actions.json' with { type: 'json' };

const faultsOf = (rules: unknown) => validateActions({ rules }).faults;
const rulesOf = (...rules: unknown[]): Actions => {
  const { data, faults } = validateActions({ rules });
  expect(faults).toEqual([]);
  return data ?? [];
};

describe('the rules of a file', () => {
  it('name actions in one of three ways, and an outcome if it is known', () => {
    expect(
      rulesOf(
        { exact: 'Signed in', verb: 'login', outcome: 'success' },
        { prefix: 'Viewed ', verb: 'read' },
        { glob: 'Changed *role*', verb: 'permission', outcome: 'failure' },
      ),
    ).toEqual([
      { kind: 'exact', text: 'Signed in', verb: 'login', outcome: 'success' },
      { kind: 'prefix', text: 'Viewed ', verb: 'read', outcome: 'unknown' },
      { kind: 'glob', text: 'Changed *role*', verb: 'permission', outcome: 'failure' },
    ]);
  });

  it('may be none', () => {
    expect(validateActions({ rules: [] })).toEqual({ data: [], faults: [] });
  });

  it('of the project are valid', () => {
    expect(validateActions(actionsFile).faults).toEqual([]);
  });
});

describe('faults of the rules', () => {
  it('are told all at once, with the index of the rule', () => {
    expect(
      faultsOf([
        { exact: 'Signed in', verb: 'signin' },
        { verb: 'login' },
        { exact: 'x', prefix: 'x', verb: 'login' },
        { exact: 'x', verb: 'login', outcome: 'unknown' },
        { exact: '', verb: 'login' },
        { exact: 'x'.repeat(257), verb: 'login' },
        { exact: 1, verb: 'login' },
        { exact: 'x', verb: 'login', colour: 'red' },
        'login',
      ]),
    ).toEqual([
      expect.stringMatching(/^rules\.0\.verb: expected login or logout or .*, got other text$/),
      'rules.1: expected one of exact, prefix, glob, got map',
      'rules.2: expected one of exact, prefix, glob, got map',
      'rules.3.outcome: expected success or failure, got other text',
      expect.stringMatching(/^rules\.4\.exact: /),
      expect.stringMatching(/^rules\.5\.exact: /),
      'rules.6.exact: expected text, got number',
      'rules.7: expected no attribute colour',
      'rules.8: expected map, got text',
    ]);
  });

  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [[], 'list'],
  ])('of a file with %j are told, too', (content, kind) => {
    expect(validateActions(content).faults).toEqual([`expected map, got ${kind}`]);
  });

  it('are too many rules, and other attributes beside them', () => {
    const rules = Array.from({ length: 2001 }, (_, index) => ({ exact: `Action ${index}`, verb: 'read' }));
    expect(faultsOf(rules)).toEqual([expect.stringContaining('expected at most 2000 rules')]);
    expect(faultsOf(rules.slice(1))).toEqual([]);
    expect(validateActions({ rules: [], version: 1 }).faults).toEqual(['expected no attribute version']);
  });

  it('are rules for one action that an earlier rule matches', () => {
    expect(
      faultsOf([
        { prefix: 'Deleted ', verb: 'delete' },
        { exact: 'Deleted document', verb: 'delete' },
        { exact: 'Signed in', verb: 'login' },
        { exact: 'Signed in', verb: 'logout' },
      ]),
    ).toEqual([
      'rules.1: expected a rule that is used, but rules.0 matches its action first',
      'rules.3: expected a rule that is used, but rules.2 matches its action first',
    ]);
  });
});

describe('the meaning of an action', () => {
  const rules = rulesOf(
    { exact: 'Changed role', verb: 'update' },
    { glob: 'Changed *role*', verb: 'permission', outcome: 'success' },
    { prefix: 'Changed ', verb: 'update', outcome: 'failure' },
  );

  it.each([
    ['Changed role', 0, 'update', 'unknown'],
    ['Changed the role of Eva', 1, 'permission', 'success'],
    ['Changed name', 2, 'update', 'failure'],
    ['Changed', -1, 'other', 'unknown'],
    ['changed role', -1, 'other', 'unknown'],
    ['', -1, 'other', 'unknown'],
  ])('%j is that of the first rule that matches', (action, index, verb, outcome) => {
    expect(indexOfRule(action, rules)).toBe(index);
    expect(meaningOf(action, rules)).toEqual({ verb, outcome });
  });

  it('is found at once for a long action and a pattern with many wildcards', () => {
    const many = rulesOf({ glob: '*a*a*a*a*a*a*b', verb: 'read' });
    const begun = performance.now();
    expect(indexOfRule('a'.repeat(400_000), many)).toBe(-1);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
