import type { Rule } from '../../lambdas/domain/actions.ts';

/**
 * A condition of Datadog's search on an attribute: one of the rules matches it. The values of attributes are compared
 * with upper and lower case.
 */
export function matchesAny(attribute: string, rules: readonly Rule[]): string {
  return `@${attribute}:(${rules.map(value).join(' OR ')})`;
}

function value({ kind, text }: Rule): string {
  if (kind === 'prefix') return `${escaped(text)}*`;
  // Without the quotes, such a word would be an operator. A glob without an asterisk is one word as well.
  if (['AND', 'OR', 'NOT'].includes(text)) return `"${text}"`;
  return kind === 'glob' ? text.split('*').map(escaped).join('*') : escaped(text);
}

/** Each character that Datadog lists as special, with a backslash before it. */
function escaped(text: string): string {
  return text.replaceAll(/[-\s=!&|<>(){}[\]"*?:\\#]/g, String.raw`\$&`);
}
