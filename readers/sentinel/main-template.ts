import type { KitInput, Source } from '../kit.ts';
import { inSentinel, inWorkspace, literal, resourceId } from './arm-text.ts';
import { connectorUi } from './connector-definition.ts';
import { detectionsFor, frequency, period } from './detections.ts';
import { type Names, placeholders, queues } from './names.ts';
import { streamColumns, type Transformations, tableColumns } from './transformation.ts';

const workspaces = 'Microsoft.OperationalInsights/workspaces';
const sentinelVersion = '2024-09-01';
const insightsVersion = '2022-06-01';

const tableId = ({ table }: Names) =>
  resourceId(`${workspaces}/tables`, "parameters('workspace')", `'${table}'`);
const endpointId = ({ endpoint }: Names) =>
  resourceId('Microsoft.Insights/dataCollectionEndpoints', `'${endpoint}'`);
const ruleId = ({ rule }: Names) => resourceId('Microsoft.Insights/dataCollectionRules', `'${rule}'`);
const definitionId = ({ definition }: Names) =>
  resourceId(
    `${workspaces}/providers/dataConnectorDefinitions`,
    "parameters('workspace')",
    "'Microsoft.SecurityInsights'",
    `'${definition}'`,
  );

/** The template for Azure Resource Manager that makes everything in the workspace. */
export function mainTemplate(input: KitInput, names: Names, transformations: Transformations) {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    parameters: {
      workspace: { type: 'string' },
      location: { type: 'string', defaultValue: '[resourceGroup().location]' },
      ...Object.fromEntries(parametersOf(input.source).map(([name]) => [name, { type: 'string' }])),
    },
    resources: [
      table(names),
      endpoint(names),
      dataCollectionRule(names, transformations),
      definition(input, names),
      connection(input.source, names),
      ...alertRules(input, names),
    ],
  };
}

/** The values of the template's parameters. */
export function parametersFile({ source }: KitInput) {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: Object.fromEntries(
      [['workspace', placeholders.workspace] as const, ...parametersOf(source)].map(([name, value]) => [
        name,
        { value },
      ]),
    ),
  };
}

function parametersOf(source: Source): (readonly [name: string, placeholder: string])[] {
  return source.type === 'azure'
    ? [
        ['storageSubscriptionId', placeholders.storageSubscription],
        ['storageResourceGroup', placeholders.storageResourceGroup],
      ]
    : [
        ['roleArn', placeholders.roleArn],
        ['queueUrl', placeholders.queueUrl],
      ];
}

const table = ({ table: name }: Names) => ({
  type: `${workspaces}/tables`,
  apiVersion: '2022-10-01',
  name: inWorkspace(name),
  properties: {
    schema: { name, columns: tableColumns.map(([column, type]) => ({ name: column, type })) },
  },
});

const endpoint = ({ endpoint: name }: Names) => ({
  type: 'Microsoft.Insights/dataCollectionEndpoints',
  apiVersion: insightsVersion,
  name,
  location: "[parameters('location')]",
  properties: { networkAcls: { publicNetworkAccess: 'Enabled' } },
});

/** One stream goes into two tables: the kit's own with what was delivered, and the one that ASIM's parsers read. */
const dataCollectionRule = (names: Names, { own, asim }: Transformations) => ({
  type: 'Microsoft.Insights/dataCollectionRules',
  apiVersion: insightsVersion,
  name: names.rule,
  location: "[parameters('location')]",
  dependsOn: [`[${tableId(names)}]`, `[${endpointId(names)}]`],
  properties: {
    dataCollectionEndpointId: `[${endpointId(names)}]`,
    streamDeclarations: {
      [names.stream]: { columns: streamColumns.map(name => ({ name, type: 'string' })) },
    },
    destinations: {
      logAnalytics: [
        {
          name: 'workspace',
          workspaceResourceId: `[${resourceId(workspaces, "parameters('workspace')")}]`,
        },
      ],
    },
    dataFlows: [
      dataFlow(names.stream, own, `Custom-${names.table}`),
      dataFlow(names.stream, asim, 'Microsoft-ASimAuditEventLogs'),
    ],
  },
});

function dataFlow(stream: string, transformKql: string, outputStream: string) {
  return { streams: [stream], destinations: ['workspace'], transformKql, outputStream };
}

const definition = (input: KitInput, names: Names) => ({
  type: `${workspaces}/providers/dataConnectorDefinitions`,
  apiVersion: sentinelVersion,
  name: inSentinel(names.definition),
  location: "[parameters('location')]",
  kind: 'Customizable',
  properties: { connectorUiConfig: connectorUi(input, names) },
});

function connection(source: Source, names: Names) {
  const common = {
    type: `${workspaces}/providers/dataConnectors`,
    name: inSentinel(names.connection),
    location: "[parameters('location')]",
    // The references in `dcrConfig` make the rule and the endpoint come first.
    dependsOn: [`[${definitionId(names)}]`],
  };
  const dcrConfig = {
    streamName: names.stream,
    dataCollectionEndpoint: `[reference(${endpointId(names)}, '${insightsVersion}').logsIngestion.endpoint]`,
    dataCollectionRuleImmutableId: `[reference(${ruleId(names)}, '${insightsVersion}').immutableId]`,
  };
  return source.type === 'azure'
    ? {
        ...common,
        // Only this preview version knows the kind.
        apiVersion: '2022-12-01-preview',
        kind: 'StorageAccountBlobContainer',
        properties: {
          connectorDefinitionName: names.definition,
          dcrConfig,
          auth: { type: 'ServicePrincipal' },
          request: {
            QueueUri: `${queueService(source.host)}/${queues.created}`,
            DlqUri: `${queueService(source.host)}/${queues.dead}`,
            StorageAccountSubscriptionId: "[parameters('storageSubscriptionId')]",
            StorageAccountResourceGroupName: "[parameters('storageResourceGroup')]",
          },
          response: { EventsJsonPaths: ['$'], format: 'json', IsGzipCompressed: true },
        },
      }
    : {
        ...common,
        apiVersion: sentinelVersion,
        kind: 'AmazonWebServicesS3',
        properties: {
          connectorDefinitionName: names.definition,
          dataTypes: { logs: { state: 'enabled' } },
          dcrConfig,
          destinationTable: names.table,
          dataFormat: { Format: 'JsonLine', IsCompressed: true, compressType: 'Gzip' },
          roleArn: "[parameters('roleArn')]",
          sqsUrls: ["[parameters('queueUrl')]"],
        },
      };
}

const queueService = (blobHost: string) => `https://${blobHost.replace('.blob.', '.queue.')}`;

function alertRules({ product }: KitInput, names: Names) {
  return detectionsFor(product).map(detection => ({
    type: `${workspaces}/providers/alertRules`,
    apiVersion: sentinelVersion,
    name: `[concat(parameters('workspace'), '/Microsoft.SecurityInsights/', guid('${names.table}', '${detection.id}'))]`,
    kind: 'Scheduled',
    properties: {
      displayName: literal(`${product.name}: ${detection.name}`),
      description: detection.description,
      severity: detection.severity,
      enabled: true,
      query: detection.query,
      queryFrequency: frequency,
      queryPeriod: period,
      triggerOperator: 'GreaterThan',
      triggerThreshold: 0,
      suppressionEnabled: false,
      suppressionDuration: 'PT5H',
      eventGroupingSettings: { aggregationKind: 'AlertPerResult' },
      tactics: [detection.tactic],
      techniques: [detection.technique],
      entityMappings: [
        entity('Account', 'FullName', 'ActorUsername'),
        ...(detection.hasAddress ? [entity('IP', 'Address', 'SrcIpAddr')] : []),
      ],
    },
  }));
}

function entity(entityType: string, identifier: string, columnName: string) {
  return { entityType, fieldMappings: [{ identifier, columnName }] };
}
