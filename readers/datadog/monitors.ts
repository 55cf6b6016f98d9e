import type { KitInput } from '../kit.ts';
import { attributes, source } from './names.ts';

/**
 * Log monitors for Datadog's API, version 1. They look at a day: a record is up to some hours old when its file arrives,
 * and Datadog counts by the record's time.
 */
export function monitors({ product }: KitInput): object[] {
  return [
    monitor(
      `${product.name}: several failed logins of one user`,
      `@${attributes.verb}:login @${attributes.outcome}:failure`,
      10,
      'failed to log in {{value}} times within a day.',
    ),
    monitor(
      `${product.name}: many deletions by one user`,
      `@${attributes.verb}:delete -@${attributes.outcome}:failure`,
      50,
      'deleted {{value}} times within a day.',
    ),
    monitor(
      `${product.name}: a permission was changed`,
      `@${attributes.verb}:permission -@${attributes.outcome}:failure`,
      1,
      'changed permissions.',
    ),
  ];
}

function monitor(name: string, search: string, critical: number, message: string): object {
  const by = `@${attributes.email}`;
  return {
    name,
    type: 'log alert',
    query: `logs("source:${source} ${search}").index("*").rollup("count").by("${by}").last("1d") >= ${critical}`,
    message: `{{[${by}].name}} ${message} REPLACE_WITH_RECIPIENT`,
    options: { thresholds: { critical } },
  };
}
