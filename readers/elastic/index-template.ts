import type { estypes } from '@elastic/elasticsearch';
import type { KitInput } from '../kit.ts';
import { namesOf } from './names.ts';

const keyword = { type: 'keyword', ignore_above: 1024 } as const;
const date = { type: 'date' } as const;
const text = { type: 'match_only_text' } as const;

/** The index template: a data stream whose fields have the types of the Elastic Common Schema. */
export function indexTemplate(input: KitInput) {
  const { dataset, indexPattern, pipeline } = namesOf(input);
  return {
    index_patterns: [indexPattern],
    data_stream: {},
    // Elasticsearch's own template for logs-*-* has 100.
    priority: 250,
    template: {
      settings: { index: { default_pipeline: pipeline } },
      // Without it, and without ILM, the data stream would never begin a new index.
      lifecycle: { enabled: true },
      mappings: {
        // What Filebeat adds about itself stays in the event, but does not grow the mapping.
        dynamic: false,
        properties: {
          '@timestamp': date,
          data_stream: {
            properties: {
              type: { type: 'constant_keyword', value: 'logs' },
              dataset: { type: 'constant_keyword', value: dataset },
            },
          },
          error: { properties: { message: text } },
          event: {
            properties: {
              action: keyword,
              category: keyword,
              created: date,
              dataset: keyword,
              id: keyword,
              ingested: date,
              kind: keyword,
              module: keyword,
              // Not indexed: an indexed value over 32,766 bytes makes Elasticsearch refuse the event.
              original: { type: 'keyword', index: false, doc_values: false },
              outcome: keyword,
              type: keyword,
            },
          },
          log: { properties: { file: { properties: { path: keyword } } } },
          message: text,
          observer: { properties: { product: keyword, vendor: keyword } },
          related: { properties: { ip: { type: 'ip' }, user: keyword } },
          source: { properties: { address: keyword, ip: { type: 'ip' } } },
          user: { properties: { email: keyword, name: keyword } },
        },
      },
    },
  } satisfies Omit<estypes.IndicesPutIndexTemplateRequest, 'name'>;
}
