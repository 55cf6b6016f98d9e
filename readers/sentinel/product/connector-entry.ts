import { type Columns, checkedQuery } from './kusto.ts';
import type { Connection, Definition } from './vocabulary.ts';

/** @throws Error if the connector's entry does not fit its connection or asks for what does not exist */
export async function checkDefinition(
  { properties }: Definition,
  table: string,
  connection: Connection,
  tables: ReadonlyMap<string, Columns>,
): Promise<void> {
  const ui = properties.connectorUiConfig;
  if (ui.id !== connection.properties.connectorDefinitionName || ui.graphQueriesTableName !== table)
    throw new Error('The definition has another name or table');
  for (const { baseQuery } of ui.graphQueries) await checkedQuery(baseQuery, tables);
  for (const { query } of ui.sampleQueries) await checkedQuery(query, tables);
  for (const { name, lastDataReceivedQuery } of ui.dataTypes) {
    if (name !== table) throw new Error(`${name} is no table of the connector`);
    const { columns } = await checkedQuery(lastDataReceivedQuery, tables);
    if (columns.get('Time') !== 'datetime') throw new Error('The query for the newest data gives no time');
  }
  const shown = ui.instructionSteps[0]?.instructions[0]?.parameters.mapping[0]?.columnValue;
  const queue =
    connection.kind === 'AmazonWebServicesS3' ? 'properties.sqsUrls[0]' : 'properties.request.QueueUri';
  if (shown !== queue) throw new Error(`A connection of ${connection.kind} has no ${shown}`);
}
