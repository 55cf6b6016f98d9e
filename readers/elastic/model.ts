import { readNotification } from '../amazon/notification-model.ts';
import type { Kit, KitFile } from '../kit.ts';
import type { ReaderModel } from '../model.ts';
import { faultsOfRules, rulesOf } from './detections-model.ts';
import { faultsOfSettings, settingsOf } from './filebeat-model.ts';
import { faultsOfTemplate, index, mappingsIn } from './index-model.ts';
import { type Fields, isFields } from './ingest-document.ts';
import { linesOf } from './lines-model.ts';
import { faultsOfMalformed } from './malformed-lines.ts';
import { faultsOfPipeline, runPipeline, writtenFields } from './pipeline-model.ts';
import { faultsOfStack } from './queue-model.ts';

/** When Filebeat reads a line and Elasticsearch takes it, in the model. */
const readAt = '2026-11-22T16:05:00.000Z';

/** Filebeat, an ingest pipeline of Elasticsearch and Kibana's detection rules, after their documentation and source. */
export const model: ReaderModel = {
  async faultsOf(kit, input) {
    const settings = configuration(fileOf(kit, 'filebeat.yml'));
    const pipeline = json(fileOf(kit, 'pipeline.json'));
    const template = json(fileOf(kit, 'index-template.json'));
    const dataStream = String(settings.get('output.elasticsearch.index'));
    const hasQueue = input.source.type === 's3';
    return [
      ...faultsOfFiles(kit, hasQueue),
      ...faultsOfSettings(settings, input),
      ...faultsOfNames(kit, dataStream),
      ...faultsOfPipeline(pipeline, input.actions),
      ...malformed(fileOf(kit, 'pipeline.json')),
      ...faultsOfTemplate(template, {
        dataStream,
        pipeline: mentions(fileOf(kit, 'README.md')).pipeline,
        written: writtenFields(pipeline),
      }),
      ...faultsOfRules(rules(fileOf(kit, 'detections.ndjson')), dataStream, mappingsOf(template)),
      ...(hasQueue ? faultsOfStack(json(fileOf(kit, 'queue.json')), input) : []),
    ];
  },

  async read(kit, { source }, objects) {
    const settings = configuration(fileOf(kit, 'filebeat.yml'));
    const pipeline = json(fileOf(kit, 'pipeline.json'));
    const template = json(fileOf(kit, 'index-template.json'));
    const sees =
      source.type === 's3' ? readNotification(fileOf(kit, 'notification.json').text, 'queue') : () => true;
    return objects
      .filter(({ key }) => sees(key))
      .flatMap(object => linesOf(object, settings, source))
      .map(({ message, file }) => {
        const sent = { '@timestamp': readAt, message, log: { file: { path: file } } };
        return index(template, runPipeline(pipeline, sent, readAt));
      });
  },
};

function faultsOfFiles(kit: Kit, hasQueue: boolean): string[] {
  const common = ['README.md', 'detections.ndjson', 'filebeat.yml', 'index-template.json', 'pipeline.json'];
  const expected = [...common, ...(hasQueue ? ['notification.json', 'queue.json'] : [])].sort();
  const paths = kit.map(({ path }) => path).sort();
  return paths.join() === expected.join() ? [] : [`expected the files ${expected.join(', ')}`];
}

/** What the customer has to put in or to create stands in the README, or nobody would know of it. */
function faultsOfNames(kit: Kit, dataStream: string): string[] {
  const { words } = mentions(fileOf(kit, 'README.md'));
  const needed = kit
    .filter(({ path }) => path === 'filebeat.yml' || path === 'notification.json')
    .flatMap(({ text }) => text.match(/REPLACE_WITH_\w+|(?<=\$\{)\w+(?=\})|\/etc\/[\w/.-]+/g) ?? []);
  return [dataStream, ...needed]
    .filter(name => !words.has(name))
    .map(name => `README.md does not mention ${name}`);
}

function mappingsOf({ template }: Fields): ReadonlyMap<string, Fields> {
  const mappings = isFields(template) ? template.mappings : undefined;
  return mappingsIn(isFields(mappings) ? mappings.properties : undefined);
}

function fileOf(kit: Kit, path: string): KitFile {
  const file = kit.find(candidate => candidate.path === path);
  if (file === undefined) throw new Error(`The kit has no ${path}`);
  return file;
}

/** Parses each file once: kits that differ in one file share the others. */
function parsedOnce<T>(parse: (text: string) => T): (file: KitFile) => T {
  const known = new WeakMap<KitFile, T>();
  return file => {
    const result = known.get(file) ?? parse(file.text);
    known.set(file, result);
    return result;
  };
}

const configuration = parsedOnce(settingsOf);
const rules = parsedOnce(rulesOf);

const malformed = parsedOnce(text => faultsOfMalformed(JSON.parse(text)));

const json = parsedOnce(text => {
  const value: unknown = JSON.parse(text);
  if (!isFields(value)) throw new Error('A file of JSON is no object');
  return value;
});

/** The names in the README, and the pipeline that its commands create. */
const mentions = parsedOnce(readme => ({
  words: new Set(readme.match(/[\w/.-]+\b/g)),
  pipeline: /_ingest\/pipeline\/(\S+)/.exec(readme)?.[1] ?? '',
}));
