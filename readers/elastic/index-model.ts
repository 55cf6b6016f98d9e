import { isIP } from 'node:net';
import type { ReaderEvent } from '../model.ts';
import { type Fields, isFields } from './ingest-document.ts';

const keyword = { type: 'keyword', ignore_above: 1024 };
const date = { type: 'date' };
const text = { type: 'match_only_text' };

/** The types of the fields in the Elastic Common Schema 9. */
const ecs: Readonly<Record<string, Fields>> = {
  '@timestamp': date,
  'error.message': text,
  'event.action': keyword,
  'event.category': keyword,
  'event.created': date,
  'event.dataset': keyword,
  'event.id': keyword,
  'event.ingested': date,
  'event.kind': keyword,
  'event.module': keyword,
  'event.original': { type: 'keyword', index: false, doc_values: false },
  'event.outcome': keyword,
  'event.type': keyword,
  'log.file.path': keyword,
  message: text,
  'observer.product': keyword,
  'observer.vendor': keyword,
  'related.ip': { type: 'ip' },
  'related.user': keyword,
  'source.address': keyword,
  'source.ip': { type: 'ip' },
  'user.email': keyword,
  'user.name': keyword,
};

/** What is written into a data stream of the template with this name and its pipeline. */
export interface Installed {
  readonly dataStream: string;
  readonly pipeline: string;
  readonly written: ReadonlySet<string>;
}

/** What Elasticsearch would refuse or misunderstand in an index template. */
export function faultsOfTemplate(template: Fields, { dataStream, pipeline, written }: Installed): string[] {
  const { index_patterns, data_stream, priority, template: content, ...others } = template;
  const { settings, lifecycle, mappings, ...otherContent } = isFields(content) ? content : {};
  const { dynamic, properties, ...otherMappings } = isFields(mappings) ? mappings : {};
  const fields = mappingsIn(properties);
  const dataset = dataStream.split('-')[1] ?? '';
  const expected: readonly (readonly [fault: string, holds: boolean])[] = [
    ['unknown keys', [others, otherContent, otherMappings].every(rest => Object.keys(rest).length === 0)],
    [`a pattern for ${dataStream}`, matchesStream(index_patterns, dataStream)],
    ['data_stream, without which Filebeat would write into an index', isEmpty(data_stream)],
    ['a priority above 100, the one of Elasticsearch’s own template', Number(priority) > 100],
    [`the pipeline ${pipeline}`, isSame(settings, { index: { default_pipeline: pipeline } })],
    ['a lifecycle that is on', isSame(lifecycle, { enabled: true })],
    ['dynamic false', dynamic === false],
    ['data_stream.type logs', isSame(fields.get('data_stream.type'), constant('logs'))],
    ['data_stream.dataset', isSame(fields.get('data_stream.dataset'), constant(dataset))],
  ];
  return [
    ...expected.filter(([, holds]) => !holds).map(([fault]) => `index-template.json: expected ${fault}`),
    ...[...written, 'log.file.path']
      .filter(path => !fields.has(path))
      .map(path => `index-template.json: ${path} is not mapped`),
    ...[...fields]
      .filter(([path, mapping]) => !path.startsWith('data_stream.') && !isSame(mapping, ecs[path]))
      .map(([path]) => `index-template.json: ${path} has not the type that ECS gives it`),
  ];
}

/** @returns the fields that can be found in a search. @throws Error if a value does not fit its type: the event is lost */
export function index(template: Fields, document: Fields): ReaderEvent {
  const content = isFields(template.template) ? template.template : {};
  const fields = mappingsIn(isFields(content.mappings) ? content.mappings.properties : undefined);
  const event: Record<string, unknown> = {};
  for (const [path, value] of leavesOf(document)) {
    const mapping = fields.get(path);
    if (mapping === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) refuseWrong(one, mapping, path);
    event[path] = value;
  }
  return event;
}

function refuseWrong(value: unknown, { type }: Fields, path: string): void {
  const fits =
    type === 'date'
      ? !Number.isNaN(Date.parse(String(value)))
      : type === 'ip'
        ? isIP(String(value)) > 0
        : typeof value === 'string';
  if (!fits) throw new Error(`failed to parse field [${path}] of type [${type}]`);
}

/** The mapping of each field, by its path. */
export function mappingsIn(properties: unknown, prefix = ''): Map<string, Fields> {
  return new Map(
    Object.entries(isFields(properties) ? properties : {}).flatMap(([name, mapping]) => {
      if (!isFields(mapping)) return [];
      const path = `${prefix}${name}`;
      return mapping.properties === undefined || mapping.type !== undefined
        ? [[path, mapping] as const]
        : [...mappingsIn(mapping.properties, `${path}.`)];
    }),
  );
}

function leavesOf(fields: Fields, prefix = ''): (readonly [string, unknown])[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    isFields(value) ? leavesOf(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value] as const],
  );
}

/** Whether a list of patterns with `*` has one for the data stream. */
export function matchesStream(patterns: unknown, dataStream: string): boolean {
  return (
    Array.isArray(patterns) &&
    patterns.some(pattern => {
      const [start = '', end] = String(pattern).split('*');
      return end === '' && dataStream.startsWith(start);
    })
  );
}

const constant = (value: string) => ({ type: 'constant_keyword', value });
const isEmpty = (value: unknown) => isFields(value) && Object.keys(value).length === 0;
const isSame = (value: unknown, expected: unknown) =>
  value !== undefined && JSON.stringify(value) === JSON.stringify(expected);
