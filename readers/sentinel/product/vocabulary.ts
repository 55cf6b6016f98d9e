import * as z from 'zod';
import { region } from './resource-manager.ts';

/** What the providers of Azure take for the resources of the kit: every key, with its values. */
const workspaces = 'Microsoft.OperationalInsights/workspaces';
const columnType = z.enum(['string', 'datetime', 'int', 'long', 'real', 'boolean', 'dynamic']);
const here = z.literal(region);
const name = z.string();
const text = z.string().min(1);

const table = z.strictObject({
  type: z.literal(`${workspaces}/tables`),
  apiVersion: z.literal('2022-10-01'),
  name,
  properties: z.strictObject({
    schema: z.strictObject({
      name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,59}_CL$/),
      columns: z.array(z.strictObject({ name: z.string().regex(/^[A-Za-z]\w{0,44}$/), type: columnType })),
    }),
  }),
});

const endpoint = z.strictObject({
  type: z.literal('Microsoft.Insights/dataCollectionEndpoints'),
  apiVersion: z.literal('2022-06-01'),
  name,
  location: here,
  properties: z.strictObject({
    networkAcls: z.strictObject({ publicNetworkAccess: z.literal('Enabled') }),
  }),
});

const dataCollectionRule = z.strictObject({
  type: z.literal('Microsoft.Insights/dataCollectionRules'),
  apiVersion: z.literal('2022-06-01'),
  name,
  location: here,
  properties: z.strictObject({
    dataCollectionEndpointId: text,
    streamDeclarations: z.record(
      z.string().regex(/^Custom-/),
      // The documentation has no rule for the characters of a name; hyphens occur in its examples.
      z.strictObject({ columns: z.array(z.strictObject({ name: text, type: columnType })).min(1) }),
    ),
    destinations: z.strictObject({
      logAnalytics: z.array(z.strictObject({ name: text, workspaceResourceId: text })).length(1),
    }),
    dataFlows: z
      .array(
        z.strictObject({
          streams: z.array(z.string()).length(1),
          destinations: z.array(z.string()).length(1),
          transformKql: z.string().max(15_360),
          outputStream: z.string(),
        }),
      )
      .max(10),
  }),
});

const requiredPermissions = z.strictObject({
  read: z.literal(true),
  write: z.literal(true),
  delete: z.literal(true),
  action: z.literal(false),
});

const definition = z.strictObject({
  type: z.literal(`${workspaces}/providers/dataConnectorDefinitions`),
  apiVersion: z.literal('2024-09-01'),
  name,
  location: here,
  kind: z.literal('Customizable'),
  properties: z.strictObject({
    connectorUiConfig: z.strictObject({
      id: text,
      title: text,
      publisher: text,
      descriptionMarkdown: text,
      graphQueriesTableName: text,
      graphQueries: z.array(z.strictObject({ metricName: text, legend: text, baseQuery: text })).min(1),
      sampleQueries: z.array(z.strictObject({ description: text, query: text })).min(1),
      dataTypes: z.array(z.strictObject({ name: text, lastDataReceivedQuery: text })).min(1),
      connectivityCriteria: z.array(z.strictObject({ type: z.literal('HasDataConnectors') })).length(1),
      availability: z.strictObject({ status: z.literal(1), isPreview: z.literal(false) }),
      permissions: z.strictObject({
        resourceProvider: z
          .array(
            z.strictObject({
              provider: z.literal(workspaces),
              permissionsDisplayText: text,
              providerDisplayName: text,
              scope: z.literal('Workspace'),
              requiredPermissions,
            }),
          )
          .min(1),
      }),
      instructionSteps: z.array(
        z.strictObject({
          title: text,
          description: text,
          instructions: z.array(
            z.strictObject({
              type: z.literal('DataConnectorsGrid'),
              parameters: z.strictObject({
                mapping: z
                  .array(
                    z.strictObject({
                      columnName: text,
                      columnValue: z.enum(['properties.sqsUrls[0]', 'properties.request.QueueUri']),
                    }),
                  )
                  .length(1),
                menuItems: z.array(z.literal('DeleteConnector')).length(1),
              }),
            }),
          ),
        }),
      ),
    }),
  }),
});

const dcrConfig = z.strictObject({
  streamName: text,
  dataCollectionEndpoint: z.string().regex(/^<endpoint of .*>$/),
  dataCollectionRuleImmutableId: z.string().regex(/^<immutable id of .*>$/),
});

const placeholder = (words: string) => z.literal(`REPLACE_WITH_${words}`);

const s3Connection = z.strictObject({
  type: z.literal(`${workspaces}/providers/dataConnectors`),
  apiVersion: z.literal('2024-09-01'),
  name,
  location: here,
  kind: z.literal('AmazonWebServicesS3'),
  properties: z.strictObject({
    connectorDefinitionName: text,
    dataTypes: z.strictObject({ logs: z.strictObject({ state: z.literal('enabled') }) }),
    dcrConfig,
    destinationTable: text,
    dataFormat: z.strictObject({
      Format: z.enum(['JsonLine', 'Json', 'Csv', 'Parquet']),
      IsCompressed: z.boolean(),
      compressType: z.literal('Gzip'),
    }),
    roleArn: z
      .string()
      .regex(/^arn:aws[\w-]*:iam::\d{12}:role\/OIDC_/)
      .or(placeholder('ROLE_ARN')),
    sqsUrls: z
      .array(
        z
          .string()
          .regex(/^https:\/\/sqs\.[\w.-]+\/\d{12}\/[\w-]+$/)
          .or(placeholder('QUEUE_URL')),
      )
      .length(1),
  }),
});

const blobConnection = z.strictObject({
  type: z.literal(`${workspaces}/providers/dataConnectors`),
  apiVersion: z.literal('2022-12-01-preview'),
  name,
  location: here,
  kind: z.literal('StorageAccountBlobContainer'),
  properties: z.strictObject({
    connectorDefinitionName: text,
    dcrConfig,
    auth: z.strictObject({ type: z.literal('ServicePrincipal') }),
    request: z.strictObject({
      QueueUri: z.url(),
      DlqUri: z.url(),
      StorageAccountSubscriptionId: z.uuid().or(placeholder('STORAGE_SUBSCRIPTION_ID')),
      StorageAccountResourceGroupName: placeholder('STORAGE_RESOURCE_GROUP'),
    }),
    response: z.strictObject({
      EventsJsonPaths: z.array(z.literal('$')).length(1),
      format: z.enum(['json', 'csv', 'xml', 'parquet']),
      IsGzipCompressed: z.boolean(),
    }),
  }),
});

/** ISO 8601, in hours or days. */
const duration = z.string().regex(/^P(\d+D|T\d+H)$/);

const alertRule = z.strictObject({
  type: z.literal(`${workspaces}/providers/alertRules`),
  apiVersion: z.literal('2024-09-01'),
  name,
  kind: z.literal('Scheduled'),
  properties: z.strictObject({
    displayName: text,
    description: text,
    severity: z.enum(['High', 'Medium', 'Low', 'Informational']),
    enabled: z.literal(true),
    query: text,
    queryFrequency: duration,
    queryPeriod: duration,
    triggerOperator: z.literal('GreaterThan'),
    triggerThreshold: z.literal(0),
    suppressionEnabled: z.literal(false),
    suppressionDuration: z.literal('PT5H'),
    eventGroupingSettings: z.strictObject({ aggregationKind: z.literal('AlertPerResult') }),
    tactics: z.array(z.enum(['CredentialAccess', 'Impact', 'PrivilegeEscalation'])).length(1),
    techniques: z.array(z.string().regex(/^T\d{4}$/)).length(1),
    entityMappings: z
      .array(
        z.strictObject({
          entityType: z.string(),
          fieldMappings: z
            .array(z.strictObject({ identifier: z.string(), columnName: z.string() }))
            .length(1),
        }),
      )
      .min(1),
  }),
});

const connection = z.discriminatedUnion('kind', [s3Connection, blobConnection]);

/** The shapes of all resources that the kit makes. */
export const resourceShape = z.union([
  z.discriminatedUnion('type', [table, endpoint, dataCollectionRule, definition, alertRule]),
  connection,
]);
export type AzureResource = z.infer<typeof resourceShape>;
export type AzureResourceOf<Type extends AzureResource['type']> = Extract<AzureResource, { type: Type }>;
export type Connection = z.infer<typeof connection>;
export type Definition = z.infer<typeof definition>;
export type AlertRule = z.infer<typeof alertRule>;
