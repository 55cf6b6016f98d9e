import type { Kit } from '../kit.ts';
import type { ReaderModel } from '../model.ts';
import { faultsOfRules, rulesOf } from './detections-model.ts';
import { faultsOfSettings, linesOf, settingsOf } from './filebeat-model.ts';
import { faultsOfTemplate, index, mappingsIn } from './index-model.ts';
import { type Fields, isFields } from './ingest-document.ts';
import { faultsOfMalformed } from './malformed-lines.ts';
import { faultsOfPipeline, runPipeline, writtenFields } from './pipeline-model.ts';
import { faultsOfNotification, faultsOfStack, isNotified } from './queue-model.ts';

/** When Filebeat reads a line and Elasticsearch takes it, in the model. */
const readAt = '2026-11-22T16:05:00.000Z';

/** Filebeat, an ingest pipeline of Elasticsearch and Kibana's detection rules, after their documentation and source. */
export const model: ReaderModel = {
  async faultsOf(kit, input) {
    const readme = textOf(kit, 'README.md');
    const settings = settingsOf(textOf(kit, 'filebeat.yml'));
    const pipeline = jsonOf(kit, 'pipeline.json');
    const template = jsonOf(kit, 'index-template.json');
    const dataStream = String(settings.get('output.elasticsearch.index'));
    return [
      ...faultsOfFiles(kit, input.source.type === 's3'),
      ...faultsOfSettings(settings, input),
      ...faultsOfNames(kit, dataStream, readme),
      ...faultsOfPipeline(pipeline, input.actions),
      ...faultsOfMalformed(pipeline),
      ...faultsOfTemplate(template, {
        dataStream,
        pipeline: /_ingest\/pipeline\/(\S+)/.exec(readme)?.[1] ?? '',
        written: writtenFields(pipeline),
      }),
      ...faultsOfRules(rulesOf(textOf(kit, 'detections.ndjson')), dataStream, mappingsOf(template)),
      ...(input.source.type === 's3'
        ? [
            ...faultsOfStack(jsonOf(kit, 'queue.json'), input),
            ...faultsOfNotification(jsonOf(kit, 'notification.json')),
          ]
        : []),
    ];
  },

  async read(kit, { source }, objects) {
    const settings = settingsOf(textOf(kit, 'filebeat.yml'));
    const pipeline = jsonOf(kit, 'pipeline.json');
    const template = jsonOf(kit, 'index-template.json');
    const notification = source.type === 's3' ? jsonOf(kit, 'notification.json') : undefined;
    return objects
      .filter(object => notification === undefined || isNotified(object, notification))
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
function faultsOfNames(kit: Kit, dataStream: string, readme: string): string[] {
  const mentioned = new Set(readme.match(/[\w/.-]+\b/g));
  const configuration = ['filebeat.yml', 'notification.json']
    .filter(path => kit.some(file => file.path === path))
    .map(path => textOf(kit, path))
    .join('\n');
  const needed = configuration.match(/REPLACE_WITH_\w+|(?<=\$\{)\w+(?=\})|\/etc\/[\w/.-]+/g) ?? [];
  return [dataStream, ...needed]
    .filter(name => !mentioned.has(name))
    .map(name => `README.md does not mention ${name}`);
}

function mappingsOf({ template }: Fields): ReadonlyMap<string, Fields> {
  const mappings = isFields(template) ? template.mappings : undefined;
  return mappingsIn(isFields(mappings) ? mappings.properties : undefined);
}

function textOf(kit: Kit, path: string): string {
  const file = kit.find(candidate => candidate.path === path);
  if (file === undefined) throw new Error(`The kit has no ${path}`);
  return file.text;
}

function jsonOf(kit: Kit, path: string): Fields {
  const value: unknown = JSON.parse(textOf(kit, path));
  if (!isFields(value)) throw new Error(`${path} is no object`);
  return value;
}
