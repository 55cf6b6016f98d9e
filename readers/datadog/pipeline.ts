import type { Actions, Meaning, Rule } from '../../lambdas/domain/actions.ts';
import type { KitInput } from '../kit.ts';
import { attributes, source } from './names.ts';
import { matchesAny } from './search-query.ts';

/** The pipeline for Datadog's API, version 1. Settings that are the API's defaults are left out. */
export function pipeline({ product, actions }: KitInput): object {
  return {
    name: `${product.name} audit log`,
    is_enabled: true,
    filter: { query: `source:${source}` },
    processors: [
      { type: 'date-remapper', name: 'Date', is_enabled: true, sources: ['Date'] },
      remapper('Email', attributes.email),
      remapper('Action', attributes.action),
      remapper('Action ID', attributes.actionId),
      remapper('IP Address', attributes.ipAddress),
      { type: 'message-remapper', name: 'Description', is_enabled: true, sources: ['Description'] },
      categories('What the action does', attributes.verb, actions, ({ verb }) => verb, 'other'),
      categories('Whether it succeeded', attributes.outcome, actions, ({ outcome }) => outcome, 'unknown'),
    ],
  };
}

function remapper(from: string, target: string): object {
  return { type: 'attribute-remapper', name: from, is_enabled: true, sources: [from], target };
}

/**
 * Gives each log the value of the first rule that matches its action: the processor stops at the first category that
 * matches. Neighbours of one value share a category.
 */
function categories(
  name: string,
  target: string,
  actions: Actions,
  valueIn: (meaning: Meaning) => string,
  otherwise: string,
): object {
  const runs: { value: string; rules: Rule[] }[] = [];
  for (const rule of actions) {
    const last = runs.at(-1);
    if (last?.value === valueIn(rule)) last.rules.push(rule);
    else runs.push({ value: valueIn(rule), rules: [rule] });
  }
  return {
    type: 'category-processor',
    name,
    is_enabled: true,
    target,
    categories: [
      ...runs.map(({ value, rules }) => ({
        name: value,
        filter: { query: matchesAny(attributes.action, rules) },
      })),
      { name: otherwise, filter: { query: '*' } },
    ],
  };
}
