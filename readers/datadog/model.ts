import { type Actions, meaningOf } from '../../lambdas/domain/actions.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { parseObjectKey } from '../../lambdas/domain/object-key.ts';
import type { Kit, KitInput } from '../kit.ts';
import type { ReaderEvent, ReaderModel, StoredObject } from '../model.ts';
import { parseBlobTrigger, sent } from './model/blob-function.ts';
import { forwarded, parseTrigger } from './model/forwarder.ts';
import { faultsOfMonitors } from './model/monitors.ts';
import { type Log, type Pipeline, parsePipeline, processed } from './model/pipeline.ts';

/** Datadog's Lambda forwarder, its function for Azure blobs, and its log pipelines, after their source and documentation. */
export const model: ReaderModel = {
  async faultsOf(kit, input) {
    try {
      const pipeline = parsePipeline(textOf(kit, 'pipeline.json'));
      const { source } = triggerOf(kit, input);
      return [
        ...faultsOfMonitors(textOf(kit, 'monitors.json'), source),
        ...faultsOfActions(pipeline, source, input.actions),
      ];
    } catch (error) {
      return [String(error)];
    }
  },

  async read(kit, input, objects) {
    const pipeline = parsePipeline(textOf(kit, 'pipeline.json'));
    const { logsOf } = triggerOf(kit, input);
    return objects.flatMap(object => {
      const arrival = parseObjectKey(object.key)?.windowEnd ?? 0;
      return logsOf(object)
        .map(log => processed({ ...log, date: toIso(arrival) }, pipeline))
        .filter(({ date }) => isTaken(Date.parse(date), arrival))
        .map(eventOf);
    });
  },
};

function textOf(kit: Kit, path: string): string {
  return kit.find(file => file.path === path)?.text ?? '';
}

function triggerOf(kit: Kit, { source: from }: KitInput) {
  if (from.type === 'azure') {
    const trigger = parseBlobTrigger(textOf(kit, 'function.json'), textOf(kit, 'app-settings.json'), from);
    return {
      source: trigger.source,
      logsOf: (object: StoredObject) => sent(object, from.container, trigger),
    };
  }
  if (from.type !== 's3') throw new TypeError(`Datadog reads no files in ${from.type}`);
  const trigger = parseTrigger(textOf(kit, 'notification.json'), textOf(kit, 'forwarder-environment.json'));
  return {
    source: trigger.source,
    logsOf: (object: StoredObject) => forwarded(object, from.bucket, trigger),
  };
}

const hour = 3_600_000;

/** Datadog takes logs from 18 hours back to 2 hours ahead, by their official date. */
function isTaken(date: number, now: number): boolean {
  return date >= now - 18 * hour && date <= now + 2 * hour;
}

/** Which actions get another meaning in Datadog than by their rule. */
function faultsOfActions(pipeline: Pipeline, source: string, actions: Actions): string[] {
  const examples = actions.map(({ kind, text }) =>
    kind === 'exact' ? text : (kind === 'prefix' ? `${text}*` : text).replaceAll('*', 'an example'),
  );
  return [...examples, 'an action without a rule'].flatMap(action => {
    const { verb, outcome } = meaningOf(action, actions);
    const { attributes } = processed(logOf(source, action), pipeline);
    const right = attributes.get('audit.verb') === verb && attributes.get('evt.outcome') === outcome;
    return right ? [] : [`pipeline.json: another meaning of ${action}`];
  });
}

function logOf(source: string, action: string): Log {
  return { source, service: source, attributes: new Map([['Action', action]]), message: '', date: '' };
}

function eventOf({ source, service, date, message, attributes }: Log): ReaderEvent {
  const present = [...attributes].filter(([, value]) => value !== null);
  return {
    date,
    source,
    service,
    ...(message === undefined ? {} : { message }),
    ...Object.fromEntries(present),
  };
}
