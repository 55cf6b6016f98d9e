import type { Actions, Meaning, Rule } from '../../lambdas/domain/actions.ts';
import type { KitInput } from '../kit.ts';
import { attributes, source } from './names.ts';
import { matchesAny } from './search-query.ts';

/** The pipeline for Datadog's API, version 1. Settings that are the API's defaults are left out. */
export function pipeline({ product, actions }: KitInput): object {
  const runs = runsOf(actions);
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
      ruleOf(runs),
      lookup('What the action does', attributes.verb, runs, ({ verb }) => verb, 'other'),
      lookup('Whether it succeeded', attributes.outcome, runs, ({ outcome }) => outcome, 'unknown'),
    ],
  };
}

function remapper(from: string, target: string): object {
  return { type: 'attribute-remapper', name: from, is_enabled: true, sources: [from], target };
}

/** Neighbouring rules of one meaning. */
interface Run extends Meaning {
  readonly name: string;
  readonly rules: Rule[];
}

function runsOf(actions: Actions): Run[] {
  const runs: Run[] = [];
  for (const rule of actions) {
    const { verb, outcome } = rule;
    const last = runs.at(-1);
    if (last?.verb === verb && last.outcome === outcome) last.rules.push(rule);
    else runs.push({ name: `rule-${runs.length + 1}`, verb, outcome, rules: [rule] });
  }
  return runs;
}

/**
 * Names the first rule that matches the action: the processor stops at the first category that matches. A rule's meaning
 * is not the category, because the names of categories must be unique, and rules of one meaning may be apart.
 */
function ruleOf(runs: readonly Run[]): object {
  return {
    type: 'category-processor',
    name: 'The first rule that matches the action',
    is_enabled: true,
    target: attributes.rule,
    categories: [
      ...runs.map(({ name, rules }) => ({
        name,
        filter: { query: matchesAny(attributes.action, rules) },
      })),
      { name: 'no-rule', filter: { query: '*' } },
    ],
  };
}

function lookup(
  name: string,
  target: string,
  runs: readonly Run[],
  valueIn: (meaning: Meaning) => string,
  otherwise: string,
): object {
  return {
    type: 'lookup-processor',
    name,
    is_enabled: true,
    source: attributes.rule,
    target,
    lookup_table: runs.map(run => `${run.name},${valueIn(run)}`),
    default_lookup: otherwise,
  };
}
