import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Page } from '../archive/page.ts';
import { createPageMemory, type PageMemory } from '../archive/page-memory.ts';
import { transcodePage } from '../archive/transcode-page.ts';
import { toIso } from '../domain/instant.ts';
import type { Window } from '../domain/window.ts';
import type { AuditLogSource } from '../environment.ts';
import { withRawAnswer } from './raw-answer.ts';

export interface AuditLog {
  /**
   * The window's rows after a sort key, as encoded lines in the order of recording, a page at a time. A page is valid
   * until the next one is asked for.
   */
  pages(
    accountId: string,
    window: Window,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Page>;
}

/** Reads windows of the audit log; the next page is on its way while one is worked on. */
export function createAuditLog({
  client,
  source,
}: {
  client: DynamoDBClient;
  source: AuditLogSource;
}): AuditLog {
  const { sortKey, attributes } = source;

  return {
    async *pages(accountId, window, after, signal) {
      const { query, excluded } = windowQuery(source, accountId, window);
      const stop = new AbortController();
      const abortSignal = AbortSignal.any([signal, stop.signal]);
      // One page is being used while the next one is on its way, and then their memories change places.
      const memories: [PageMemory, PageMemory] = [createPageMemory(), createPageMemory()];
      const read = async (start: QueryCommandInput['ExclusiveStartKey']): Promise<Page> => {
        const [memory] = memories.reverse() as typeof memories;
        const command = new QueryCommand({ ...query, ExclusiveStartKey: start });
        const send = () =>
          client.send(command, { abortSignal }).catch((thrown: unknown) => {
            // The SDK's own error says that it was stopped, the signal why.
            signal.throwIfAborted();
            throw thrown;
          });
        const body = await withRawAnswer(command, send, memory.answer);
        return transcodePage(body, { ...attributes, sortKey }, excluded, memory);
      };
      let next = read(after === undefined ? undefined : startKey(source, accountId, after));
      try {
        for (;;) {
          const page = await next;
          const start = page.lastEvaluatedKey as Record<string, AttributeValue> | undefined;
          if (start) {
            next = read(start);
            // Awaited in the next round; the consumer may end before that, and then nobody wants its failure.
            next.catch(() => undefined);
          }
          yield page;
          if (!start) return;
        }
      } finally {
        stop.abort();
      }
    },
  };
}

/**
 * The query of a window. Bounds are written without a fraction and without `Z`, so that they sort before every key of
 * their second whatever its precision. BETWEEN includes its upper bound: a row whose key is exactly that belongs to
 * the next window and is left out here.
 */
function windowQuery(source: AuditLogSource, accountId: string, window: Window) {
  const [from, to] = [window.start, window.end].map(instant =>
    source.sortKeyType === 'iso' ? toIso(instant).slice(0, 19) : String(instant),
  );
  // Only what is delivered crosses the wire: a vendor's own table may hold much more.
  const columns = [...new Set(Object.values(source.attributes))].filter(name => name !== source.sortKey);
  const names = Object.fromEntries(columns.map((name, index) => [`#column${index}`, name]));
  const query: QueryCommandInput = {
    TableName: source.tableName,
    KeyConditionExpression: '#partition = :account AND #sort BETWEEN :from AND :to',
    ProjectionExpression: ['#sort', ...Object.keys(names)].join(', '),
    ExpressionAttributeNames: { '#partition': source.partitionKey, '#sort': source.sortKey, ...names },
    ExpressionAttributeValues: {
      ':account': { S: accountId },
      ':from': sortKeyValue(source, from ?? ''),
      ':to': sortKeyValue(source, to ?? ''),
    },
    ConsistentRead: true,
  };
  return { query, excluded: to };
}

function startKey(source: AuditLogSource, accountId: string, after: string): Record<string, AttributeValue> {
  return { [source.partitionKey]: { S: accountId }, [source.sortKey]: sortKeyValue(source, after) };
}

function sortKeyValue({ sortKeyType }: AuditLogSource, value: string): AttributeValue {
  return sortKeyType === 'iso' ? { S: value } : { N: value };
}
