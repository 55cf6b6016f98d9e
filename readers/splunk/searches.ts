import type { KitFile } from '../kit.ts';
import { confText, type Stanza } from './conf.ts';
import { app, placeholders, sourcetype } from './names.ts';

const authentication = 'siem_export_authentication';
const change = 'siem_export_change';

/** What searches use: a macro for the index, event types with the tags of the Common Information Model, and detections. */
export function searchFiles(): KitFile[] {
  return [
    { path: `${app}/default/macros.conf`, text: macrosConf() },
    { path: `${app}/default/eventtypes.conf`, text: eventtypesConf() },
    { path: `${app}/default/tags.conf`, text: tagsConf() },
    { path: `${app}/default/savedsearches.conf`, text: confText(detections.map(savedSearch)) },
  ];
}

function macrosConf(): string {
  return confText([{ name: 'siem_export_index', settings: { definition: `index=${placeholders.index}` } }]);
}

function eventtypesConf(): string {
  return confText([
    { name: authentication, settings: { search: `sourcetype="${sourcetype}" verb=login` } },
    {
      name: change,
      settings: {
        search: `sourcetype="${sourcetype}" verb IN (logout, create, read, update, delete, permission)`,
      },
    },
  ]);
}

function tagsConf(): string {
  return confText([
    { name: `eventtype=${authentication}`, settings: { authentication: 'enabled' } },
    { name: `eventtype=${change}`, settings: { change: 'enabled' } },
  ]);
}

interface Detection {
  readonly name: string;
  readonly description: string;
  readonly select: string;
  readonly pipeline: string;
}

export const detections: readonly Detection[] = [
  {
    name: 'SIEM export - several failed logins of one user',
    description: 'Five or more failed logins of one user within 15 minutes.',
    select: `eventtype=${authentication} action=failure`,
    pipeline:
      'bin _time span=15m | stats count AS failures, values(src) AS src BY user, _time | where failures >= 5',
  },
  {
    name: 'SIEM export - mass deletion',
    description: 'Fifty or more deletions by one user within an hour.',
    select: `eventtype=${change} verb=delete`,
    pipeline:
      'bin _time span=1h | stats count AS deletions, values(command) AS command BY user, _time | where deletions >= 50',
  },
  {
    name: 'SIEM export - permission changed',
    description: 'A permission, role or share was changed.',
    select: `eventtype=${change} verb=permission`,
    pipeline: 'table _time, user, src, command, description, event_id',
  },
];

/**
 * The files of a window arrive hours after its first event, so a search of the last hour by `_time` would find nothing.
 * These look at what was indexed in the last hour. Ten minutes are left for indexing.
 */
function savedSearch({ name, description, select, pipeline }: Detection): Stanza {
  return {
    name,
    settings: {
      disabled: '1',
      description,
      search: `\`siem_export_index\` ${select} _index_earliest=-70m@m _index_latest=-10m@m | ${pipeline}`,
      'dispatch.earliest_time': '-30d@d',
      'dispatch.latest_time': 'now',
      enableSched: '1',
      cron_schedule: '7 * * * *',
      counttype: 'number of events',
      relation: 'greater than',
      quantity: '0',
      'alert.track': '1',
      'alert.severity': '4',
    },
  };
}
