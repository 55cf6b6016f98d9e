import type { ReaderEvent } from '../model.ts';
import { matchesStream } from './index-model.ts';
import { type Fields, isFields } from './ingest-document.ts';

/** The lines of a file that Kibana imports. @throws SyntaxError if a line is not JSON */
export function rulesOf(ndjson: string): Fields[] {
  return ndjson
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const rule: unknown = JSON.parse(line);
      if (!isFields(rule)) throw new SyntaxError('A rule is an object');
      return rule;
    });
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

/** The keys of Kibana's rule schema that the kit uses, all of them required here. */
const keys: Readonly<Record<string, (value: unknown) => boolean>> = {
  rule_id: isText,
  name: isText,
  description: isText,
  index: value => Array.isArray(value) && value.length === 1,
  language: value => value === 'kuery',
  // By @timestamp a rule would miss events that arrive hours later.
  timestamp_override: value => value === 'event.ingested',
  interval: value => minutesOf(value) > 0,
  from: value => String(value).startsWith('now-'),
  to: value => value === 'now',
  enabled: value => value === false,
  severity: value => ['low', 'medium', 'high', 'critical'].includes(String(value)),
  risk_score: value => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100,
  type: value => value === 'query' || value === 'threshold',
  query: isText,
};

/** Values of ECS that are written in a query. */
const values: Readonly<Record<string, readonly string[]>> = {
  'event.category': ['authentication', 'configuration', 'iam'],
  'event.type': ['access', 'change', 'creation', 'deletion', 'end', 'info', 'start'],
  'event.outcome': ['failure', 'success', 'unknown'],
};

/** What Kibana would refuse, and rules that could never find anything in the data stream. */
export function faultsOfRules(
  rules: readonly Fields[],
  dataStream: string,
  mapped: ReadonlyMap<string, unknown>,
): string[] {
  const ids = new Set(rules.map(({ rule_id }) => rule_id));
  return [
    ...(rules.length === 3 && ids.size === 3 ? [] : ['detections.ndjson: expected three rules']),
    ...rules.flatMap(rule =>
      faultsOfRule(rule, dataStream, mapped).map(fault => `detections.ndjson: ${rule.rule_id}: ${fault}`),
    ),
  ];
}

function faultsOfRule(rule: Fields, dataStream: string, mapped: ReadonlyMap<string, unknown>): string[] {
  const { threshold, ...others } = rule;
  const { field, value, cardinality, ...otherThreshold } = isFields(threshold) ? threshold : {};
  const holds =
    rule.type === 'query'
      ? threshold === undefined
      : Array.isArray(field) &&
        field.length === 1 &&
        field.every(name => mapped.has(String(name))) &&
        Number.isInteger(value) &&
        Number(value) > 0 &&
        Array.isArray(cardinality) &&
        Object.keys(otherThreshold).length === 0;
  return [
    ...Object.keys(others)
      .filter(key => !(key in keys))
      .map(key => `unknown key ${key}`),
    ...Object.entries(keys)
      .filter(([key, accepts]) => !accepts(rule[key]))
      .map(([key]) => `${key} is missing or wrong`),
    ...(holds ? [] : ['the threshold is wrong']),
    ...(matchesStream(rule.index, dataStream) ? [] : [`the index has no ${dataStream}`]),
    // Otherwise an event that arrives while a run is late would be in no run.
    ...(minutesOf(String(rule.from).slice('now-'.length)) > minutesOf(rule.interval)
      ? []
      : ['from is too short']),
    ...faultsOfQuery(rule.query, mapped),
  ];
}

function faultsOfQuery(query: unknown, mapped: ReadonlyMap<string, unknown>): string[] {
  try {
    return termsOf(String(query)).flatMap(({ field, value }) =>
      mapped.has(field) && values[field]?.includes(value) ? [] : [`no event has ${field} ${value}`],
    );
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

interface Term {
  readonly field: string;
  readonly value: string;
  readonly negated: boolean;
}

/** The part of the Kibana Query Language that the rules use: terms joined by `and`. */
function termsOf(query: string): Term[] {
  return query.split(' and ').map(text => {
    const { not, field, value } =
      /^(?<not>not )?(?<field>[\w.@]+) : "(?<value>\w+)"$/.exec(text)?.groups ?? {};
    if (field === undefined || value === undefined) throw new SyntaxError(`not KQL: ${text}`);
    return { field, value, negated: not !== undefined };
  });
}

/** The alerts of one run: an event for a query, the value of the field for a threshold. */
export function alertsOf(rule: Fields, events: readonly ReaderEvent[]): unknown[] {
  const terms = termsOf(String(rule.query));
  const found = events.filter(event =>
    terms.every(({ field, value, negated }) => valuesIn(event, field).includes(value) !== negated),
  );
  if (!isFields(rule.threshold)) return found;
  const { field, value: least } = rule.threshold;
  const groups = Map.groupBy(found, event => event[String(field)]);
  return [...groups]
    .filter(([group, members]) => group !== undefined && members.length >= Number(least))
    .map(([group]) => group);
}

function valuesIn(event: ReaderEvent, field: string): unknown[] {
  const value = event[field];
  return Array.isArray(value) ? value : [value];
}

function minutesOf(duration: unknown): number {
  const { count, unit } = /^(?<count>\d+)(?<unit>[mh])$/.exec(String(duration))?.groups ?? {};
  return Number(count ?? 0) * (unit === 'h' ? 60 : 1);
}
