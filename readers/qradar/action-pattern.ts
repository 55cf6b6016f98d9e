import type { Actions, Rule } from '../../lambdas/domain/actions.ts';
import { toJson } from '../../lambdas/domain/audit-record.ts';
import { eventName } from './meanings.ts';

/** Actions of one meaning: the regular expression that finds them in a record, and the meaning's event name. */
export interface ActionPattern {
  readonly regex: string;
  readonly eventName: string;
}

/**
 * The rules as Java regular expressions on the line of JSON, in order. QRadar maps event names exactly, so patterns of
 * actions must be recognised before that, in the extension.
 *
 * Neighbours of one meaning share an expression: QRadar tries the expressions one after the other on each event.
 */
export function actionPatterns(actions: Actions): ActionPattern[] {
  const runs: { eventName: string; rules: Rule[] }[] = [];
  for (const rule of actions) {
    const last = runs.at(-1);
    if (last?.eventName === eventName(rule)) last.rules.push(rule);
    else runs.push({ eventName: eventName(rule), rules: [rule] });
  }
  return runs.map(({ eventName, rules }) => ({
    regex: `"Action":"(?:${rules.map(afterQuote).join('|')})`,
    eventName,
  }));
}

/** What follows the quote that begins the text of an action. */
function afterQuote({ kind, text }: Rule): string {
  if (kind === 'exact') return `${literal(text)}"`;
  if (kind === 'prefix') return literal(text);
  return `${text.split('*').map(literal).join(anyText)}"`;
}

/** Any text inside a JSON string. It takes escapes whole, so that `*5` does not match the end of `\u0085`. */
const anyText = String.raw`[^"\\]*(?:\\(?:u[0-9a-f]{4}|[^u])[^"\\]*)*`;

/** A text as it stands in a line of JSON. `toJson` writes the lines, too. */
function literal(text: string): string {
  return (
    toJson(text)
      .slice(1, -1)
      .replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
      // XML cannot have these two characters.
      .replaceAll(/[\ufffe\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16)}`)
  );
}
