import * as z from 'zod';
import { text } from './destination.ts';
import { type Validated, validate } from './faults.ts';

/** What an action does, in terms that every reader's own model knows. */
export const verbs = ['login', 'logout', 'create', 'read', 'update', 'delete', 'permission'] as const;
export type Verb = (typeof verbs)[number];

/** What an action does and whether it succeeded. An action that no rule matches is `other` and `unknown`. */
export interface Meaning {
  readonly verb: Verb | 'other';
  readonly outcome: 'success' | 'failure' | 'unknown';
}

/** How a rule names actions: whole, by their beginning, or with `*` for any characters. Upper and lower case differ. */
const kinds = ['exact', 'prefix', 'glob'] as const;

export interface Rule extends Meaning {
  readonly kind: (typeof kinds)[number];
  readonly text: string;
}

/** The vendor's rules, in order: the first that matches an action gives its meaning. */
export type Actions = readonly Rule[];

const action = text(256).optional();

const rule = z
  .strictObject({
    exact: action,
    prefix: action,
    glob: action,
    verb: z.enum(verbs),
    outcome: z.enum(['success', 'failure']).optional(),
  })
  .refine(
    value => kinds.filter(kind => value[kind] !== undefined).length === 1,
    `expected one of ${kinds.join(', ')}`,
  )
  .transform((value): Rule => {
    const kind = kinds.find(name => value[name] !== undefined) ?? 'exact';
    return { kind, text: value[kind] ?? '', verb: value.verb, outcome: value.outcome ?? 'unknown' };
  });

const content = z.strictObject({ rules: z.array(rule).max(2000, 'expected at most 2000 rules') });

/** Checks the content of an `actions.json`: either its rules, or every fault with the index of its rule. */
export function validateActions(value: unknown): Validated<Actions> {
  const { data, faults } = validate(content, value);
  if (data === undefined) return { faults };
  const hidden = faultsOfOrder(data.rules);
  return hidden.length > 0 ? { faults: hidden } : { data: data.rules, faults: [] };
}

/** A rule for one action that an earlier rule matches is a mistake: it never gives a meaning. */
function faultsOfOrder(rules: Actions): string[] {
  return rules.flatMap(({ kind, text: name }, index) => {
    const first = rules.findIndex(other => matches(other, name));
    return kind === 'exact' && first < index
      ? [`rules.${index}: expected a rule that is used, but rules.${first} matches its action first`]
      : [];
  });
}

/** The meaning of an action by the first rule that matches it. */
export function meaningOf(name: string, rules: Actions): Meaning {
  const { verb, outcome } = rules[indexOfRule(name, rules)] ?? { verb: 'other', outcome: 'unknown' };
  return { verb, outcome };
}

/** The index of the first rule that matches an action; -1 if none does. */
export function indexOfRule(name: string, rules: Actions): number {
  return rules.findIndex(candidate => matches(candidate, name));
}

function matches({ kind, text: given }: Rule, name: string): boolean {
  if (kind === 'exact') return name === given;
  if (kind === 'prefix') return name.startsWith(given);
  return matchesGlob(given, name);
}

/** Without a regular expression, because one with several wildcards takes minutes for a long action. */
function matchesGlob(glob: string, name: string): boolean {
  const [first = '', ...between] = glob.split('*');
  const last = between.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const literal of between) {
    const found = name.indexOf(literal, at);
    if (found === -1) return false;
    at = found + literal.length;
  }
  return at + last.length <= name.length && name.endsWith(last);
}

/** The regular expression for a glob, for readers that take one. */
export function globPattern(glob: string): RegExp {
  const literals = glob.split('*').map(part => part.replaceAll(/[\\^$.+?()[\]{}|/-]/g, String.raw`\$&`));
  return new RegExp(`^${literals.join('.*')}$`, 's');
}
