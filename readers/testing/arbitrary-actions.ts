import fc from 'fast-check';
import { type Actions, type Rule, verbs } from '../../lambdas/domain/actions.ts';

/**
 * What has a meaning of its own in the language of some reader: each kit must take all of it as plain text. The
 * text `null` is left out: Splunk and SecOps cannot tell it from an absent value.
 */
const piece = fc.constantFrom(
  ...'abA 25C*%\\"\',.?+^$()[]{}|&<>=!#@/:-;~',
  ...['OR', 'AND', 'NOT', '&&', '||', '>=', ']]>', '{1}', '\\E', '%{', '${', '{{', '}}', '{{{user.email}}}'],
  ...['u0085', '\u0085', '\u2028', '\uffff', 'é', '山', '🚀'],
);

/** The text of an action or of a rule. */
const text = fc.array(piece, { minLength: 1, maxLength: 5 }).map(pieces => pieces.join(''));

const rule = fc.record<Rule>({
  kind: fc.constantFrom('exact', 'prefix', 'glob'),
  text,
  verb: fc.constantFrom(...verbs),
  outcome: fc.constantFrom('success', 'failure', 'unknown'),
});

export interface NamedActions {
  readonly rules: Actions;
  /** Actions, most of which a rule matches or nearly matches. */
  readonly names: readonly string[];
}

/** Rules and the names of actions, with every character and word that a reader may take for a part of its language. */
export const namedActions: fc.Arbitrary<NamedActions> = fc
  .tuple(fc.array(rule, { maxLength: 4 }), fc.array(text, { minLength: 1, maxLength: 3 }))
  .map(([rules, others]) => ({
    rules,
    names: [...others, ...rules.flatMap(({ text: name }) => [name, `${name}x`, name.replaceAll('*', 'any')])],
  }));
