import { type UdmEvent, udmFields, valuesAt } from './udm-schema.ts';

/** A rule in so much of YARA-L 2.0 as a kit uses: one event variable, texts that are equal, and a count for each user. */
interface YaraLRule {
  readonly name: string;
  readonly variable: string;
  readonly equal: ReadonlyMap<string, string>;
  /** The field whose value groups the events, and for how long, in milliseconds. */
  readonly group?: { readonly field: string; readonly milliseconds: number };
  readonly outcome: ReadonlyMap<string, { readonly name: string; readonly field: string }>;
  readonly atLeast: number;
}

const sections = ['meta', 'events', 'match', 'outcome', 'condition'] as const;
type Section = (typeof sections)[number];

const meta: Record<string, RegExp> = {
  author: /^.+$/,
  description: /^.+$/,
  severity: /^(Low|Medium|High)$/,
  priority: /^(Low|Medium|High)$/,
};

const outcomeFunctions = ['count_distinct', 'array_distinct'];

/** Parses a rule. @throws Error for a line that is not of the few kinds that a kit may have */
export function parseYaraL(text: string): YaraLRule {
  const { name, lines } = sectionsOf(text);
  const metaNames = lines('meta').map(line => checkedMeta(matched(line, /^(\w+) = "([^"\\]*)"$/)));
  if (metaNames.join() !== Object.keys(meta).join()) throw new Error(`meta has ${metaNames.join()}`);

  const equal = new Map<string, string>();
  const placeholders = new Map<string, string>();
  const variables = new Set<string>();
  for (const line of lines('events')) {
    const [variable, field, value, placeholder] = matched(
      line,
      /^\$(\w+)\.([a-z_.]+) = (?:"([^"\\]*)"|\$(\w+))$/,
    );
    variables.add(variable);
    const { kind, values } = { values: undefined, ...knownField(field) };
    if (value === '' && placeholder !== '') placeholders.set(placeholder, field);
    else if (kind === 'time' || kind === 'messages' || values?.includes(value) === false)
      throw new Error(`${field} cannot be ${value}`);
    else equal.set(field, value);
  }
  const [variable = '', ...others] = variables;
  if (others.length > 0) throw new Error('a kit has no rules of several events');

  return {
    name,
    variable,
    equal,
    ...groupOf(lines('match'), placeholders),
    outcome: outcomeOf(lines('outcome'), variable),
    atLeast: countOf(lines('condition'), variable),
  };
}

/** The detections of a rule: for each group of events the values of its outcome. */
export function detections(rule: YaraLRule, events: readonly UdmEvent[]): Record<string, unknown>[] {
  const matching = events.filter(event =>
    [...rule.equal].every(([field, value]) => valuesAt(event, field).includes(value)),
  );
  const { group } = rule;
  if (group === undefined) return matching.map(event => outcomeValues(rule, [event]));
  const groups = Map.groupBy(matching, event => valuesAt(event, group.field)[0]);
  return [...groups].flatMap(([value, members]) => {
    // An event without the field has no group: a placeholder never is an empty text.
    if (value === undefined) return [];
    const [first] = members
      .map(member => within(members, timeOf(member), group.milliseconds))
      .filter(window => window.length >= rule.atLeast);
    return first === undefined ? [] : [{ [group.field]: value, ...outcomeValues(rule, first) }];
  });
}

function within(events: readonly UdmEvent[], start: number, milliseconds: number) {
  return events.filter(event => timeOf(event) >= start && timeOf(event) < start + milliseconds);
}

function timeOf(event: UdmEvent): number {
  return Date.parse(String(valuesAt(event, 'metadata.event_timestamp')[0]));
}

function outcomeValues({ outcome }: YaraLRule, events: readonly UdmEvent[]): Record<string, unknown> {
  return Object.fromEntries(
    [...outcome].map(([variable, { name, field }]) => {
      const distinct = [...new Set(events.flatMap(event => valuesAt(event, field)))];
      return [variable, name === 'count_distinct' ? distinct.length : distinct];
    }),
  );
}

function sectionsOf(text: string) {
  const [head = '', ...rest] = text.split('\n');
  const [name = ''] = matched(head, /^rule ([a-z][a-z0-9_]*) \{$/);
  if (rest.pop() !== '' || rest.pop() !== '}') throw new Error('expected } at the end');
  const bodies = new Map<Section, string[]>();
  let current: string[] | undefined;
  for (const line of rest) {
    const [, title] = /^ {2}(\w+):$/.exec(line) ?? [];
    if (title === undefined) {
      if (!/^ {4}\S/.test(line)) throw new Error(`unexpected line: ${line}`);
      current?.push(line.trim());
    } else {
      current = [];
      bodies.set(title as Section, current);
    }
  }
  const titles = [...bodies.keys()];
  if (titles.join() !== sections.filter(section => bodies.has(section)).join())
    throw new Error(`unknown sections or order: ${titles.join()}`);
  return { name, lines: (section: Section) => bodies.get(section) ?? [] };
}

function checkedMeta([key = '', value = '']: readonly string[]): string {
  if (!meta[key]?.test(value)) throw new Error(`unknown ${key} in meta: ${value}`);
  return key;
}

function groupOf(match: readonly string[], placeholders: ReadonlyMap<string, string>) {
  const [line] = match;
  if (line === undefined && placeholders.size === 0) return {};
  if (match.length !== 1) throw new Error('match has not one line');
  const [placeholder, count, unit] = matched(line ?? '', /^\$(\w+) over ([1-9]\d*)([mhd])$/);
  const field = placeholders.get(placeholder);
  if (field === undefined || placeholders.size > 1) throw new Error(`$${placeholder} has no field`);
  const milliseconds = Number(count) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 'm' | 'h' | 'd'];
  // The longest that a rule may look back.
  if (milliseconds > 48 * 3_600_000) throw new Error('match is over more than 48 hours');
  return { group: { field, milliseconds } };
}

function outcomeOf(lines: readonly string[], variable: string) {
  const outcome = new Map<string, { name: string; field: string }>();
  for (const line of lines) {
    const [result, name, of, field] = matched(line, /^\$(\w+) = (\w+)\(\$(\w+)\.([a-z_.]+)\)$/);
    if (!outcomeFunctions.includes(name) || of !== variable) throw new Error(`unknown outcome: ${line}`);
    knownField(field);
    outcome.set(result, { name, field });
  }
  return outcome;
}

function countOf(condition: readonly string[], variable: string): number {
  const [line = ''] = condition;
  const [, counted, least, single] = /^(?:#(\w+) >= ([1-9]\d*)|\$(\w+))$/.exec(line) ?? [];
  if (condition.length !== 1 || (counted ?? single) !== variable)
    throw new Error(`unknown condition: ${line}`);
  return Number(least ?? 1);
}

function knownField(field: string) {
  const known = udmFields.get(field);
  if (known === undefined) throw new Error(`unknown field ${field}`);
  return known;
}

/** The groups of a pattern; a group that takes no part is an empty text. */
function matched(line: string, pattern: RegExp): [string, string, string, string] {
  const match = pattern.exec(line);
  if (match === null) throw new Error(`unexpected line: ${line}`);
  const [, first = '', second = '', third = '', fourth = ''] = match;
  return [first, second, third, fourth];
}
