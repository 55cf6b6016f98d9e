import type { KitInput } from '../kit.ts';
import { literal } from './arm-text.ts';
import type { Names } from './names.ts';

/** What Sentinel shows of the connector among the data connectors. */
export function connectorUi({ product, source }: KitInput, { table, definition }: Names) {
  return {
    id: definition,
    title: literal(`${product.name} audit log`),
    publisher: literal(product.vendor),
    descriptionMarkdown: literal(
      `The audit log of ${product.name}, delivered as files into ${storageOf(source)}.`,
    ),
    graphQueriesTableName: table,
    graphQueries: [{ metricName: 'Events', legend: literal(product.name), baseQuery: table }],
    sampleQueries: [{ description: 'The newest events', query: `${table}\n| top 20 by TimeGenerated` }],
    dataTypes: [
      {
        name: table,
        lastDataReceivedQuery: `${table}\n| summarize Time = max(TimeGenerated)\n| where isnotempty(Time)`,
      },
    ],
    connectivityCriteria: [{ type: 'HasDataConnectors' }],
    availability: { status: 1, isPreview: false },
    permissions: {
      resourceProvider: [
        {
          provider: 'Microsoft.OperationalInsights/workspaces',
          permissionsDisplayText: 'Read and write permissions are required.',
          providerDisplayName: 'Workspace',
          scope: 'Workspace',
          requiredPermissions: { read: true, write: true, delete: true, action: false },
        },
      ],
    },
    instructionSteps: [
      {
        title: 'The connection',
        description: 'The template that made this connector has made its connection, too.',
        instructions: [
          {
            type: 'DataConnectorsGrid',
            parameters: {
              mapping: [
                {
                  columnName: 'Queue',
                  columnValue: source.type === 's3' ? 'properties.sqsUrls[0]' : 'properties.request.QueueUri',
                },
              ],
              menuItems: ['DeleteConnector'],
            },
          },
        ],
      },
    ],
  };
}

function storageOf(source: KitInput['source']): string {
  return source.type === 'azure'
    ? `the container ${source.container} of the storage account ${source.storageAccount}`
    : `the bucket ${source.bucket}`;
}
