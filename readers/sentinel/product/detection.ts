import { type Columns, checkedQuery } from './kusto.ts';
import type { AlertRule } from './vocabulary.ts';

/** The identifiers of an entity that a rule can map, for the kinds of entity that the kit uses. */
const identifiers: Readonly<Record<string, readonly string[]>> = {
  Account: ['FullName', 'Name', 'AadUserId', 'ObjectGuid', 'Sid'],
  IP: ['Address'],
};

/** @throws Error for a scheduled rule that Sentinel refuses, or that would miss events or count them twice */
export async function checkDetection(
  { properties }: AlertRule,
  tables: ReadonlyMap<string, Columns>,
): Promise<void> {
  const { query, queryFrequency, queryPeriod, entityMappings } = properties;
  const { columns } = await checkedQuery(query, tables);
  const every = hours(queryFrequency);
  if (!query.includes(`ingestion_time() > ago(${every}h)`))
    throw new Error(`The rule runs every ${every} hours and looks at another time of ingestion`);
  // A file may arrive hours after its events, or after a day of faults.
  if (hours(queryPeriod) !== 48) throw new Error('The rule does not look back for two days');
  for (const { entityType, fieldMappings } of entityMappings)
    for (const { identifier, columnName } of fieldMappings) {
      if (!identifiers[entityType]?.includes(identifier))
        throw new Error(`Sentinel knows no ${identifier} of ${entityType}`);
      if (columns.get(columnName) !== 'string') throw new Error(`The query has no text column ${columnName}`);
    }
}

function hours(duration: string): number {
  const [, days = '0', more = '0'] = /^P(?:(\d+)D)?(?:T(\d+)H)?$/.exec(duration) ?? [];
  return Number(days) * 24 + Number(more);
}
