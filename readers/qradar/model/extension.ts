import { isIPv4 } from 'node:net';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { deviceTime } from './device-time.ts';

type Attributes = Readonly<Record<string, string>>;

interface Pattern {
  readonly type: string;
  readonly text: string;
  /** Set for a pattern of type JavaPattern. */
  readonly regex: RegExp | undefined;
}

interface Matcher {
  readonly field: string;
  readonly order: number;
  readonly pattern: Pattern;
  readonly template: string | undefined;
  readonly dateFormat: string | undefined;
}

/** A log source extension as QRadar understands it. */
export interface Extension {
  readonly matchers: readonly Matcher[];
  /** The category that events get for the look-up of their QID. */
  readonly eventCategory: string;
}

/** The names that `EventName` can get. */
export function eventNamesOf({ matchers }: Extension): string[] {
  return matchers.flatMap(({ field, template }) => (field === 'EventName' ? [template ?? ''] : []));
}

const fields = ['EventName', 'DeviceTime', 'UserName', 'SourceIp'];

/**
 * Reads an extension strictly, by IBM's description of its elements.
 *
 * @throws TypeError for what QRadar would refuse, or understand otherwise
 */
export function parseExtension(xml: string): Extension {
  const valid = XMLValidator.validate(xml);
  demand(valid === true, 'XML that is well formed');
  demand(xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>\n'), 'the declaration of XML in UTF-8');
  const { 'ns2:device-extension': root, ...others } = parser.parse(xml) as Record<string, Node>;
  demand(root !== undefined && Object.keys(others).length === 0, 'the root ns2:device-extension');
  const { pattern, 'match-group': groups, ...rest } = root as Node;
  demand(rest['xmlns:ns2'] === 'event_parsing/device_extension', 'the namespace of extensions');
  demand(elementsOf(rest).length === 0, 'the elements pattern and match-group only');
  const patterns = new Map(listOf(pattern).map(node => [attribute(node, 'id'), parsePattern(node)]));
  demand(patterns.size === listOf(pattern).length, 'an id for each pattern');
  const [group, ...more] = listOf(groups);
  demand(group !== undefined && more.length === 0, 'one match-group');
  return parseGroup(group as Node, patterns);
}

type Node = { readonly [name: string]: string | Node | readonly Node[] | undefined };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: '#text',
  ignoreDeclaration: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  isArray: name =>
    ['pattern', 'match-group', 'matcher', 'json-matcher', 'event-match-multiple'].includes(name),
});

function parsePattern(node: Node): Pattern {
  const { type } = attributesOf(node, ['id', 'type'], ['use-default-pattern']);
  const text = String(node['#text'] ?? '');
  if (type === 'JsonKeypath') {
    keyOf(text);
    return { type, text, regex: undefined };
  }
  demand(type === 'JavaPattern', 'a type of pattern');
  // Without it, QRadar uses an engine of its own, whose results may differ from Java's.
  demand(node['use-default-pattern'] === 'true', 'use-default-pattern');
  return { type: 'JavaPattern', text, regex: new RegExp(text) };
}

function parseGroup(node: Node, patterns: ReadonlyMap<string, Pattern>): Extension {
  const { order, matcher, 'json-matcher': json, 'event-match-multiple': multiple, ...rest } = node;
  demand(order === '1' && elementsOf(rest).length === 0, 'the elements and the order of a match-group');
  const matchers = [
    ...listOf(matcher).map(each => parseMatcher(each, patterns, 'JavaPattern')),
    ...listOf(json).map(each => parseMatcher(each, patterns, 'JsonKeypath')),
  ].toSorted((one, other) => one.order - other.order);
  const places = matchers.map(each => `${each.field} ${each.order}`);
  demand(new Set(places).size === places.length, 'an order for each matcher of a field');
  const [modifier, ...more] = listOf(multiple);
  demand(modifier !== undefined && more.length === 0, 'one event-match-multiple');
  const attributes = attributesOf(
    modifier as Node,
    ['pattern-id', 'device-event-category', 'send-identity', 'force-qidmap-lookup-on-fixup'],
    [],
  );
  const pattern = declared(patterns, attributes['pattern-id']);
  // The pattern is compared with the event's name.
  demand(pattern.regex?.exec('any name')?.[0] === 'any name', 'a pattern that takes each event name');
  demand(attributes['send-identity'] === 'OverrideAndNeverSend', 'no identity events');
  demand(attributes['force-qidmap-lookup-on-fixup'] === 'true', 'a look-up of the QID');
  const used = new Set([pattern, ...matchers.map(each => each.pattern)]);
  demand(
    [...patterns.values()].every(each => used.has(each)),
    'no pattern that is not used',
  );
  return { matchers, eventCategory: attributes['device-event-category'] ?? '' };
}

function parseMatcher(node: Node, patterns: ReadonlyMap<string, Pattern>, type: string): Matcher {
  const isJson = type === 'JsonKeypath';
  const attributes = attributesOf(
    node,
    ['field', 'order', 'pattern-id'],
    isJson ? [] : ['capture-group', 'enable-substitutions', 'ext-data'],
  );
  const { field = '', order, 'capture-group': template, 'ext-data': dateFormat } = attributes;
  demand(fields.includes(field), 'a field of QRadar');
  demand(/^[1-9]\d*$/.test(order ?? ''), 'an order');
  demand(isJson || attributes['enable-substitutions'] === 'true', 'substitutions');
  demand(dateFormat === undefined || field === 'DeviceTime', 'a date format for DeviceTime only');
  const pattern = declared(patterns, attributes['pattern-id']);
  demand(pattern.type === type, 'a pattern of the type of the matcher');
  if (dateFormat !== undefined) deviceTime('', dateFormat);
  return { field, order: Number(order), pattern, template, dateFormat };
}

function declared(patterns: ReadonlyMap<string, Pattern>, id: string | undefined): Pattern {
  const pattern = patterns.get(id ?? '');
  if (pattern === undefined) throw new TypeError(`the pattern ${id} is used and not declared`);
  return pattern;
}

/** What the extension extracts from a line. The fields that it does not find are left out. */
export function extract({ matchers }: Extension, line: string, record: unknown): Record<string, string> {
  const values: Record<string, string> = {};
  for (const matcher of matchers) {
    if (values[matcher.field] !== undefined) continue;
    const value = extracted(matcher, line, record);
    if (value !== undefined) values[matcher.field] = value;
  }
  return values;
}

function extracted({ field, pattern, template, dateFormat }: Matcher, line: string, record: unknown) {
  const value = pattern.regex === undefined ? atKeypath(record, pattern.text) : substituted();
  if (value === undefined) return undefined;
  if (field === 'DeviceTime') return dateFormat === undefined ? undefined : deviceTime(value, dateFormat);
  return field === 'SourceIp' && !isIPv4(value) ? undefined : value;

  function substituted(): string | undefined {
    const match = pattern.regex?.exec(line);
    if (!match) return undefined;
    return template?.replaceAll(/\\(\d)/g, (_, group) => match[Number(group)] ?? '') ?? match[0];
  }
}

/** The value at a keypath of one key, `/"IP Address"`; `undefined` for null. */
export function atKeypath(record: unknown, keypath: string): string | undefined {
  const value = (record as Readonly<Record<string, unknown>> | undefined)?.[keyOf(keypath)];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function keyOf(keypath: string): string {
  const key = /^\/"([^"/]+)"$/.exec(keypath)?.[1];
  if (key === undefined) throw new TypeError(`no keypath: ${keypath}`);
  return key;
}

function attributesOf(node: Node, required: readonly string[], optional: readonly string[]): Attributes {
  const names = Object.keys(node).filter(name => name !== '#text');
  for (const name of names)
    if (![...required, ...optional].includes(name)) throw new TypeError(`unknown attribute ${name}`);
  return Object.fromEntries([
    ...required.map(name => [name, attribute(node, name)]),
    ...optional.flatMap(name => (node[name] === undefined ? [] : [[name, attribute(node, name)]])),
  ]);
}

function attribute(node: Node, name: string): string {
  const value = node[name];
  if (typeof value !== 'string') throw new TypeError(`expected the attribute ${name}`);
  return value;
}

function elementsOf(node: Node): string[] {
  return Object.keys(node).filter(name => typeof node[name] === 'object');
}

function listOf(nodes: Node[string]): readonly Node[] {
  return Array.isArray(nodes) ? nodes : [];
}

function demand(condition: boolean, expected: string): void {
  if (!condition) throw new TypeError(`expected ${expected}`);
}
