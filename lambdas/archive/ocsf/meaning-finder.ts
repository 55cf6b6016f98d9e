import type { Actions, Meaning, Rule } from '../../domain/actions.ts';

/**
 * Like `meaningOf` for these rules, but prepared for many actions: an action that contains an id is new in every row, and a
 * regular expression with several wildcards takes long for a long action.
 */
export function createMeaningFinder(rules: Actions): (action: string) => Meaning {
  const prepared = rules.map(rule => ({ rule, matches: matcherOf(rule) }));
  return action => {
    const { verb, outcome } = prepared.find(({ matches }) => matches(action))?.rule ?? {
      verb: 'other',
      outcome: 'unknown',
    };
    return { verb, outcome };
  };
}

function matcherOf({ kind, text }: Rule): (action: string) => boolean {
  if (kind === 'exact') return action => action === text;
  if (kind === 'prefix') return action => action.startsWith(text);
  const [first = '', ...others] = text.split('*');
  const last = others.pop();
  if (last === undefined) return action => action === first;
  return action => action.startsWith(first) && hasBehind(action, first.length, others, last);
}

/** Whether the texts follow one another from an offset on, with anything between them, and `last` is at the end. */
function hasBehind(action: string, from: number, texts: readonly string[], last: string): boolean {
  let at = from;
  for (const text of texts) {
    const found = action.indexOf(text, at);
    if (found === -1) return false;
    at = found + text.length;
  }
  return at + last.length <= action.length && action.endsWith(last);
}
