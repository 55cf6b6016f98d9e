import { asimAuditColumns, mandatoryAuditColumns } from './asim-audit-table.ts';
import { checkDefinition } from './connector-entry.ts';
import { checkDetection } from './detection.ts';
import { type Columns, checkedQuery } from './kusto.ts';
import { deploy, resourceId } from './resource-manager.ts';
import { faultsOfTransformation } from './transformation-subset.ts';
import { type AzureResource, type AzureResourceOf, type Connection, resourceShape } from './vocabulary.ts';

/** A way of a stream's records into a table. */
export interface Flow {
  readonly stream: string;
  readonly query: string;
  readonly table: string;
}

/** What a deployment of the template has made in the workspace. */
export interface Workspace {
  readonly connection: Connection;
  readonly streams: ReadonlyMap<string, Columns>;
  readonly flows: readonly Flow[];
}

interface Deployed<Content extends AzureResource = AzureResource> {
  readonly id: string;
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly content: Content;
}

const workspaces = 'Microsoft.OperationalInsights/workspaces';
const sentinel = '/Microsoft.SecurityInsights/';

/**
 * Deploys the template into an empty workspace of Sentinel.
 *
 * @throws Error for whatever Azure refuses or Sentinel misunderstands
 */
export async function deployWorkspace(template: string, parameters: string): Promise<Workspace> {
  const resources = deploy(template, parameters).map(
    (resource): Deployed => ({ ...resource, content: resourceShape.parse(resource.content) }),
  );
  const table = one(resources, `${workspaces}/tables`);
  const endpoint = one(resources, 'Microsoft.Insights/dataCollectionEndpoints');
  const rule = one(resources, 'Microsoft.Insights/dataCollectionRules');
  const definition = one(resources, `${workspaces}/providers/dataConnectorDefinitions`);
  const connection = one(resources, `${workspaces}/providers/dataConnectors`);
  const own = table.content.properties.schema;
  const workspace = table.name.replace(/\/.*/, '');
  const tables = new Map([
    ['ASimAuditEventLogs', asimAuditColumns],
    [own.name, columnsOf(own.columns)],
  ]);

  const faults = [
    [table.name === `${workspace}/${own.name}`, `${table.name} is not ${own.name}`],
    [rule.dependsOn.includes(table.id), 'The rule is made before the table'],
    [rule.dependsOn.includes(endpoint.id), 'The rule is made before the endpoint'],
    [rule.content.properties.dataCollectionEndpointId === endpoint.id, 'The rule has another endpoint'],
    ...connectionFaults(connection, definition, rule.id, endpoint.id, own.name),
    ...resources
      .filter(({ content }) => content.type.includes('/providers/'))
      .map(
        ({ name }) =>
          [name.startsWith(`${workspace}${sentinel}`), `${name} is no resource of Sentinel`] as const,
      ),
  ].flatMap(([right, fault]) => (right ? [] : [fault]));
  if (faults.length > 0) throw new Error(faults.join('\n'));

  const { streamDeclarations } = rule.content.properties;
  const streams = new Map(
    Object.entries(streamDeclarations).map(([name, { columns }]) => [name, columnsOf(columns)] as const),
  );
  if (!streams.has(connection.content.properties.dcrConfig.streamName))
    throw new Error('The connection writes to no stream of the rule');
  const flows = flowsOf(rule.content, resourceId(workspaces, [workspace]), own.name);
  for (const flow of flows) await checkFlow(flow, streams, tables);
  await checkDefinition(definition.content, own.name, connection.content, tables);
  for (const { content } of resources)
    if (content.type === `${workspaces}/providers/alertRules`) await checkDetection(content, tables);
  return { connection: connection.content, streams, flows };
}

function connectionFaults(
  { content, dependsOn }: Deployed<Connection>,
  definition: Deployed,
  ruleId: string,
  endpointId: string,
  table: string,
): [boolean, string][] {
  const { connectorDefinitionName, dcrConfig } = content.properties;
  return [
    [dependsOn.includes(definition.id), 'The connection is made before its definition'],
    [
      definition.name.endsWith(`${sentinel}${connectorDefinitionName}`),
      'The connection has another definition',
    ],
    [
      dcrConfig.dataCollectionRuleImmutableId === `<immutable id of ${ruleId}>`,
      'The connection has another rule',
    ],
    [
      dcrConfig.dataCollectionEndpoint === `<endpoint of ${endpointId}>`,
      'The connection has another endpoint',
    ],
    [
      content.kind !== 'AmazonWebServicesS3' || content.properties.destinationTable === table,
      'The connection writes into another table',
    ],
  ];
}

function flowsOf(
  { properties }: AzureResourceOf<'Microsoft.Insights/dataCollectionRules'>,
  workspaceId: string,
  table: string,
): Flow[] {
  const [destination] = properties.destinations.logAnalytics;
  if (destination?.workspaceResourceId !== workspaceId)
    throw new Error('The rule writes into another workspace');
  const outputs = new Map([
    [`Custom-${table}`, table],
    ['Microsoft-ASimAuditEventLogs', 'ASimAuditEventLogs'],
  ]);
  return properties.dataFlows.map(({ streams: [stream = ''], destinations: [to], ...flow }) => {
    const output = outputs.get(flow.outputStream);
    if (output === undefined || to !== destination.name)
      throw new Error(`The rule cannot write ${flow.outputStream} to ${to}`);
    return { stream, query: flow.transformKql, table: output };
  });
}

async function checkFlow(
  { stream, query, table }: Flow,
  streams: ReadonlyMap<string, Columns>,
  tables: ReadonlyMap<string, Columns>,
): Promise<void> {
  const [input, output] = [streams.get(stream), tables.get(table)];
  if (input === undefined || output === undefined) throw new Error(`The rule declares no stream ${stream}`);
  const { columns, statements } = await checkedQuery(query, new Map([['source', input]]));
  const faults = faultsOfTransformation(statements);
  for (const [name, type] of columns)
    if (output.get(name) !== type) faults.push(`${table} has no column ${name} of type ${type}`);
  const needed = table === 'ASimAuditEventLogs' ? mandatoryAuditColumns : [...output.keys()];
  faults.push(...needed.filter(name => !columns.has(name)).map(name => `${table} gets no ${name}`));
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

function columnsOf(columns: readonly { name: string; type: string }[]): Columns {
  const known = new Map(columns.map(({ name, type }) => [name, type]));
  if (known.size < columns.length) throw new Error('Two columns have the same name');
  return known;
}

function one<Type extends AzureResource['type']>(
  resources: readonly Deployed[],
  type: Type,
): Deployed<AzureResourceOf<Type>> {
  const [found, ...others] = resources.filter(
    (resource): resource is Deployed<AzureResourceOf<Type>> => resource.content.type === type,
  );
  if (found === undefined || others.length > 0) throw new Error(`The template has to make one of ${type}`);
  return found;
}
