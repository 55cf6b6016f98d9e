import type { estypes } from '@elastic/elasticsearch';
import type { Meaning, Rule } from '../../lambdas/domain/actions.ts';
import type { KitInput } from '../kit.ts';
import { meaningScript } from './meaning-script.ts';
import { namesOf } from './names.ts';

/** ECS allows each of these types in its category. */
const ecs: Record<Meaning['verb'], { readonly category: string; readonly type: string }> = {
  login: { category: 'authentication', type: 'start' },
  logout: { category: 'authentication', type: 'end' },
  create: { category: 'configuration', type: 'creation' },
  read: { category: 'configuration', type: 'access' },
  update: { category: 'configuration', type: 'change' },
  delete: { category: 'configuration', type: 'deletion' },
  permission: { category: 'iam', type: 'change' },
  other: { category: 'configuration', type: 'info' },
};

/** The ingest pipeline: a line of a file becomes an event in the Elastic Common Schema. */
export function ingestPipeline(input: KitInput) {
  const { product, actions } = input;
  const { dataset } = namesOf(input);
  return {
    description: `Audit log of ${product.name}: from a line of JSON to ECS`,
    processors: [
      set('event.ingested', '{{{_ingest.timestamp}}}'),
      {
        set: { description: 'When Filebeat read the line', field: 'event.created', copy_from: '@timestamp' },
      },
      { rename: { field: 'message', target_field: 'event.original' } },
      { json: { field: 'event.original', target_field: 'tmp' } },
      {
        date: {
          description: 'If this fails, @timestamp stays the time of reading',
          field: 'tmp.Date',
          formats: ['ISO8601'],
          on_failure: [append('error.message', '{{{_ingest.on_failure_message}}}')],
        },
      },
      text('Email', 'user.email'),
      text('Email', 'user.name'),
      text('Action', 'event.action'),
      text('Action ID', 'event.id'),
      text('Description', 'message'),
      text('IP Address', 'source.address'),
      {
        convert: {
          description: 'A value that is no address stays in source.address only',
          field: 'source.address',
          target_field: 'source.ip',
          type: 'ip',
          ignore_failure: true,
        },
      },
      append('related.user', '{{{user.email}}}', 'ctx.user?.email != null'),
      append('related.ip', '{{{source.ip}}}', 'ctx.source?.ip != null'),
      set('event.kind', 'event'),
      set('event.dataset', dataset),
      set('event.module', dataset.replace(/\.audit$/, '')),
      set('observer.vendor', literal(product.vendor)),
      set('observer.product', literal(product.name)),
      {
        script: {
          description: 'The first of params.rules that matches event.action gives the verb and the outcome',
          source: meaningScript,
          params: { rules: actions.map(ruleParams), verbs: ecs },
        },
      },
      { remove: { field: 'tmp' } },
    ],
    on_failure: [
      set('event.kind', 'pipeline_error'),
      append('error.message', '{{{_ingest.on_failure_message}}}'),
      { remove: { field: 'tmp', ignore_missing: true } },
    ],
  } satisfies estypes.IngestPipeline;
}

const set = (field: string, value: string) => ({ set: { field, value } });

const append = (field: string, value: string, condition?: string) => ({
  append: {
    ...(condition === undefined ? {} : { if: condition }),
    field,
    value: [value],
  },
});

/** A malformed row can have a number or an object here, which the mapping of a text refuses: the event would be lost. */
const text = (key: string, field: string) =>
  ({
    convert: { field: `tmp.${key}`, target_field: field, type: 'string', ignore_missing: true },
  }) as const;

/** Two opening braces would begin a reference to a field. */
const literal = (value: string) => value.replaceAll('{{', '{ {');

/** As the rule stands in the vendor's `actions.json`. Values in `params` are data: nothing in them can break the script. */
function ruleParams({ kind, text: value, verb, outcome }: Rule) {
  return { [kind]: value, verb, ...(outcome === 'unknown' ? {} : { outcome }) };
}
