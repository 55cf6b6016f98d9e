import type { Product } from '../kit.ts';
import { actionsFile } from './actions-csv.ts';
import { confText } from './conf.ts';
import { sourcetype } from './names.ts';

export const lookupName = 'siem_export_actions';

/** The settings of the source type: those for indexing first, then those of searches, in the order in which Splunk applies them. */
export function propsConf({ name, vendor }: Product): string {
  return confText([
    {
      name: sourcetype,
      settings: {
        SHOULD_LINEMERGE: 'false',
        LINE_BREAKER: String.raw`([\r\n]+)`,
        TIME_PREFIX: String.raw`^\{"Date":"`,
        TIME_FORMAT: '%Y-%m-%dT%H:%M:%S.%3NZ',
        TZ: 'UTC',
        MAX_TIMESTAMP_LOOKAHEAD: '30',
        TRUNCATE: '3145728',
        // KV_MODE reads only the first 5,000 bytes, and the address is the last member. This reads it from any record.
        'EXTRACT-siem_export_ip': String.raw`"IP Address":"(?<siem_export_ip>[^"\\]+)"\}$`,
        KV_MODE: 'json',
        // A null of JSON is the text "null" in Splunk.
        'EVAL-user': 'nullif(Email, "null")',
        'EVAL-src': `coalesce(siem_export_ip, nullif('IP Address', "null"))`,
        'EVAL-command': 'nullif(Action, "null")',
        'EVAL-event_id': `nullif('Action ID', "null")`,
        'EVAL-description': 'nullif(Description, "null")',
        'EVAL-app': evalText(name),
        'EVAL-dest': evalText(name),
        'EVAL-vendor_product': evalText(name.startsWith(vendor) ? name : `${vendor} ${name}`),
        'EVAL-siem_export_action': encodedAction,
        [`LOOKUP-${lookupName}`]: `${lookupName} pattern AS siem_export_action OUTPUT verb action status`,
      },
    },
  ]);
}

export function transformsConf(): string {
  return confText([
    {
      name: lookupName,
      settings: {
        filename: actionsFile,
        match_type: 'WILDCARD(pattern)',
        max_matches: '1',
        case_sensitive_match: 'true',
      },
    },
  ]);
}

/**
 * A wildcard lookup knows no escape, so an action's own `*` and `\` are encoded as `encodePattern` does. The classes
 * mean the same whether or not `eval` reads `\\` in a text as one backslash.
 */
const encodedAction = String.raw`replace(replace(nullif(Action, "null"), "[*]", "⁎"), "[\\\\]", "⧵")`;

function evalText(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
