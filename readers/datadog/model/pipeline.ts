import { ObjectSerializer } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/ObjectSerializer.js';
import { parseSearch, type Search } from './search.ts';

/** A log in Datadog: its attributes by their paths, and what is not an attribute. */
export interface Log {
  readonly source: string;
  readonly service: string;
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly message: string | undefined;
  /** ISO 8601 in UTC. */
  readonly date: string;
}

export interface Pipeline {
  readonly takes: Search;
  readonly processors: readonly ((log: Log) => Log)[];
}

/** A part of the pipeline that has other members than these is a fault, because Datadog would ignore them. */
const members: Readonly<Record<string, readonly string[]>> = {
  'date-remapper': ['sources'],
  'message-remapper': ['sources'],
  'attribute-remapper': ['sources', 'target', 'preserve_source'],
  'category-processor': ['categories', 'target'],
  'lookup-processor': ['source', 'target', 'lookup_table', 'default_lookup'],
};

/** Datadog's attributes that the pipeline makes, and the kit's own. */
const targets = [
  'usr.email',
  'evt.name',
  'evt.id',
  'network.client.ip',
  'evt.outcome',
  'audit.rule',
  'audit.verb',
];

interface Processor {
  readonly type: string;
  readonly name?: string;
  readonly is_enabled?: boolean;
  readonly source?: string;
  readonly sources?: readonly string[];
  readonly target?: string;
  readonly preserve_source?: boolean;
  readonly lookup_table?: readonly string[];
  readonly default_lookup?: string;
  readonly categories?: readonly { readonly name: string; readonly filter: { readonly query: string } }[];
}

/**
 * Reads a pipeline strictly.
 *
 * @throws TypeError for what Datadog's client cannot read, and for what Datadog would ignore
 */
export function parsePipeline(text: string): Pipeline {
  const json = JSON.parse(text);
  checkSerialized('LogsPipeline', json);
  checkMembers(json, ['name', 'is_enabled', 'filter', 'processors']);
  const takes = parseSearch(json.filter.query);
  const processors: Processor[] = json.processors;
  return {
    takes: json.is_enabled === true ? takes : () => false,
    // A processor is disabled unless it says otherwise.
    processors: processors.map(parseProcessor).filter((_, index) => processors[index]?.is_enabled === true),
  };
}

/** Whether Datadog's own client can read an object as the type: it marks what it cannot read. */
export function checkSerialized(type: string, json: unknown): void {
  const object: unknown = ObjectSerializer.deserialize(json, type, '');
  if (JSON.stringify(object).includes('"_unparsed":true')) throw new TypeError(`no ${type}`);
}

/** Throws for members that Datadog does not know. */
export function checkMembers(object: object, known: readonly string[]): void {
  const unknown = Object.keys(object).filter(key => !known.includes(key));
  if (unknown.length > 0) throw new TypeError(`unknown members: ${unknown.join(', ')}`);
}

function parseProcessor(processor: Processor): (log: Log) => Log {
  const { type, sources = [], target = '' } = processor;
  checkMembers(processor, ['type', 'name', 'is_enabled', ...(members[type] ?? [])]);
  if (members[type]?.includes('target') && !targets.includes(target))
    throw new TypeError(`unknown target ${target}`);
  if (type === 'category-processor') return categorize(processor);
  if (type === 'lookup-processor') return lookUp(processor);
  if (sources.length === 0) throw new TypeError(`no sources of a ${type}`);
  return log => {
    const name = sources.find(each => (log.attributes.get(each) ?? null) !== null);
    if (name === undefined) return log;
    const value = log.attributes.get(name);
    const attributes = new Map(log.attributes);
    if (processor.preserve_source !== true) attributes.delete(name);
    if (type === 'date-remapper') return { ...log, attributes, date: isoDate(value) ?? log.date };
    if (type === 'message-remapper') return { ...log, attributes, message: String(value) };
    return { ...log, attributes: attributes.set(target, value) };
  };
}

function categorize({ target = '', categories = [] }: Processor): (log: Log) => Log {
  if (new Set(categories.map(({ name }) => name)).size < categories.length)
    throw new TypeError('the names of categories are not unique');
  const searches = categories.map(category => {
    checkMembers(category, ['name', 'filter']);
    return { name: category.name, matches: parseSearch(category.filter.query) };
  });
  return log => {
    const name = searches.find(({ matches }) => matches(lookupIn(log)))?.name;
    return name === undefined ? log : { ...log, attributes: new Map(log.attributes).set(target, name) };
  };
}

/** Gives the value for a key, or the default if there is a key and it is not in the table. */
function lookUp({ source = '', target = '', lookup_table: rows = [], default_lookup: otherwise }: Processor) {
  const table = new Map(rows.map(row => [row.slice(0, row.indexOf(',')), row.slice(row.indexOf(',') + 1)]));
  if (table.size < rows.length || rows.some(row => !row.includes(',')))
    throw new TypeError('the keys of a table are not unique');
  return (log: Log): Log => {
    const key = log.attributes.get(source);
    const value = key === undefined ? undefined : (table.get(String(key)) ?? otherwise);
    return value === undefined ? log : { ...log, attributes: new Map(log.attributes).set(target, value) };
  };
}

export function lookupIn({ source, attributes }: Log) {
  return (name: string) => {
    const value = name === 'source' ? source : attributes.get(name.slice(1));
    return value === undefined || value === null ? undefined : String(value);
  };
}

/** ISO 8601 is one of the forms that the date remapper reads. */
function isoDate(value: unknown): string | undefined {
  const isIso = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value);
  return isIso ? new Date(value).toISOString() : undefined;
}

/** The log after the pipeline, if the pipeline takes it. */
export function processed(log: Log, { takes, processors }: Pipeline): Log {
  return takes(lookupIn(log)) ? processors.reduce((each, process) => process(each), log) : log;
}
