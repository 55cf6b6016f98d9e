import type { AttributeValue, DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Page } from '../archive/page.ts';
import { createPageMemory, type PageMemory } from '../archive/page-memory.ts';
import { transcodePage } from '../archive/transcode-page.ts';
import { placeInTime, sortKeyBound } from '../domain/sort-key.ts';
import type { AuditLogSource } from '../environment.ts';
import type { AuditLog } from '../exporter/ports.ts';
import { createRawQuery } from './raw-query.ts';
import { readAhead, type Stretch, type StretchReader } from './read-ahead.ts';
import { type Pause, whileThrottled } from './throttling.ts';

/** Why the pages on their way are stopped; a constant, since an error of its own for each window costs more than the stop. */
const consumed = 'The consumer wants no more pages';

/**
 * Reads windows of the audit log; the next pages are on their way while one is worked on. A table that throttles makes it
 * slower, not fail.
 */
export function createAuditLog({
  client,
  source,
  pause,
}: {
  client: DynamoDBClient;
  source: AuditLogSource;
  /** Between two attempts while the table throttles; of a random length unless given. */
  pause?: Pause;
}): AuditLog {
  const { sortKey, sortKeyType, required } = source;
  const layout = { ...source.attributes, sortKey, required };
  const send = createRawQuery(client);
  // Of the pages that are read at once, and one more; kept for the next window.
  const unused: PageMemory[] = [];

  return {
    async *pages(accountId, window, after, signal) {
      const stop = new AbortController();
      const abortSignal = AbortSignal.any([signal, stop.signal]);
      const used = new Map<Page, PageMemory>();
      const read = async (stretch: Stretch): Promise<Page> => {
        const memory = unused.pop() ?? createPageMemory();
        const { query, excluded } = stretchQuery(source, accountId, stretch);
        const options = { memory: memory.answer, abortSignal };
        try {
          const body = await whileThrottled(() => send(query, options), abortSignal, pause);
          abortSignal.throwIfAborted();
          const page = transcodePage(body, layout, excluded, memory);
          used.set(page, memory);
          return page;
        } catch (thrown) {
          unused.push(memory);
          // The SDK's own error says that it was stopped, the signal why.
          signal.throwIfAborted();
          throw thrown;
        }
      };
      const reader: StretchReader = {
        read,
        recordedAt: key => placeInTime(key, sortKeyType),
        continuedFrom: ({ lastEvaluatedKey }) =>
          placeInTime(sortKeyOf(source, lastEvaluatedKey), sortKeyType),
      };
      const start = after === undefined ? undefined : startKey(source, accountId, after);
      try {
        for await (const page of readAhead(reader, window, start)) {
          yield page;
          const memory = used.get(page);
          if (memory) unused.push(memory);
          used.delete(page);
        }
      } finally {
        stop.abort(consumed);
        unused.push(...used.values());
      }
    },
  };
}

/**
 * The query of a window, or of a stretch of it. BETWEEN includes its upper bound: a row whose key is exactly that belongs
 * to what follows and is left out here.
 */
function stretchQuery(source: AuditLogSource, accountId: string, { start, end, after }: Stretch) {
  const from = sortKeyBound(start, source.sortKeyType);
  const to = sortKeyBound(end, source.sortKeyType);
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
      ':from': sortKeyValue(source, from),
      ':to': sortKeyValue(source, to),
    },
    ConsistentRead: true,
    ExclusiveStartKey: after as Record<string, AttributeValue> | undefined,
  };
  return { query, excluded: to };
}

function startKey(source: AuditLogSource, accountId: string, after: string): Record<string, AttributeValue> {
  return { [source.partitionKey]: { S: accountId }, [source.sortKey]: sortKeyValue(source, after) };
}

function sortKeyValue({ sortKeyType }: AuditLogSource, value: string): AttributeValue {
  return sortKeyType === 'iso' ? { S: value } : { N: value };
}

function sortKeyOf({ sortKey, sortKeyType }: AuditLogSource, key: Page['lastEvaluatedKey']): string {
  const value = key?.[sortKey] as { readonly S?: string; readonly N?: string } | undefined;
  return (sortKeyType === 'iso' ? value?.S : value?.N) ?? '';
}
