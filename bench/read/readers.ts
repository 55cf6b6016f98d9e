import { type AttributeValue, DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { createAuditLog } from '../../lambdas/aws/audit-log.ts';
import { defaultAttributes } from '../../lambdas/domain/audit-record.ts';
import { barePages } from '../bare/pages.ts';
import { documentPages, linesOf, queryInput } from '../export/document-pages.ts';
import { benchWindow } from '../input/rows.ts';
import type { ReadSettings } from './settings.ts';

/** The compared ways from DynamoDB's pages to lines of JSON. A chunk is valid until the next one is requested. */
export const readers = {
  async *ours({ dynamodbEndpoint, accountId }) {
    const { sortKey, ...attributes } = defaultAttributes;
    const table = { tableName: 'AuditLogs', partitionKey: 'accountId', sortKeyType: 'iso' } as const;
    const log = createAuditLog({
      client: new DynamoDBClient({ endpoint: dynamodbEndpoint }),
      source: { ...table, sortKey, attributes },
    });
    const never = new AbortController().signal;
    for await (const { lines } of log.pages(accountId, benchWindow, undefined, never)) yield lines;
  },

  async *'document client'(settings) {
    for await (const rows of documentPages(settings)) yield Buffer.from(linesOf(rows));
  },

  async *'low-level client'({ dynamodbEndpoint, accountId }) {
    const client = new DynamoDBClient({ endpoint: dynamodbEndpoint });
    const input = queryInput(accountId, text => ({ S: text }));
    for await (const { Items = [] } of paginateQuery({ client }, input))
      yield Buffer.from(linesOf(Items.map(textsOf)));
  },

  async *limit(settings) {
    const memory = Buffer.allocUnsafeSlow(1024 * 1024);
    for await (const lines of barePages(settings)) yield memory.subarray(0, lines.copy(memory));
  },
} satisfies Record<string, (settings: ReadSettings) => AsyncIterable<Uint8Array>>;

function textsOf(item: Record<string, AttributeValue>): Record<string, string | undefined> {
  const texts: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(item)) texts[name] = value.S;
  return texts;
}
