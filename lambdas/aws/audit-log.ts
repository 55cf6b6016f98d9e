import {
  type AttributeValue,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Page } from '../archive/page.ts';
import { createPageMemory, type PageMemory } from '../archive/page-memory.ts';
import { transcodePage } from '../archive/transcode-page.ts';
import { placeInTime, sortKeyBound } from '../domain/sort-key.ts';
import type { Window } from '../domain/window.ts';
import type { AuditLogSource } from '../environment.ts';
import type { AuditLog } from '../exporter/ports.ts';
import { queryBetween, sortKeyValue } from './audit-log-keys.ts';
import { createRawQuery } from './raw-query.ts';
import { notRetriedWhenThrottled, type Pause, whileThrottled } from './throttling.ts';
import { type Stretch, type StretchReader, windowPages } from './window-pages.ts';

/** The reason for aborting unneeded requests. A constant, because creating an error for each window is slow. */
const consumed = 'The consumer wants no more pages';

/**
 * Reads windows of the audit log. It requests the next pages while the consumer works on a page. A throttled table
 * makes it slower, but does not make it fail.
 */
export function createAuditLog({
  client,
  source,
  pause,
}: {
  client: DynamoDBClient;
  source: AuditLogSource;
  /** Waits between two attempts while the table throttles; for a random time by default. */
  pause?: Pause;
}): AuditLog {
  const { sortKey, sortKeyType, required } = source;
  const layout = { ...source.attributes, sortKey, required };
  const send = createRawQuery(client);
  // Memory that no page uses at the moment. It is kept for later pages and windows.
  const unused: PageMemory[] = [];

  return {
    async *pages(accountId, window, after, signal) {
      const stop = new AbortController();
      const abortSignal = AbortSignal.any([signal, stop.signal]);
      const used = new Map<Page, PageMemory>();
      const read = async (stretch: Stretch): Promise<Page> => {
        const memory = unused.pop() ?? createPageMemory();
        const query = stretchQuery(source, accountId, stretch);
        const excluded = sortKeyBound(stretch.end, sortKeyType);
        const options = { memory: memory.answer, abortSignal };
        try {
          const body = await whileThrottled(() => send(query, options), abortSignal, pause);
          abortSignal.throwIfAborted();
          const page = transcodePage(body, layout, excluded, memory);
          used.set(page, memory);
          return page;
        } catch (thrown) {
          unused.push(memory);
          // The signal's reason says why the request was aborted; the SDK's error says only that it was.
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
        for await (const page of windowPages(reader, window, start)) {
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

    async count(accountId, window, signal) {
      const rows = await countBetween(accountId, window, signal);
      const { end } = window;
      return rows - (await countBetween(accountId, { start: end, end }, signal));
    },
  };

  /** Counts rows with both bounds included; a window excludes its end. */
  async function countBetween(accountId: string, window: Window, signal: AbortSignal): Promise<number> {
    const query: QueryCommandInput = {
      ...queryBetween(source, accountId, window),
      Select: 'COUNT',
      ConsistentRead: false,
    };
    let rows = 0;
    do {
      const send = () =>
        client.send(notRetriedWhenThrottled(new QueryCommand(query)), { abortSignal: signal });
      const { Count = 0, LastEvaluatedKey } = await whileThrottled(send, signal, pause);
      rows += Count;
      query.ExclusiveStartKey = LastEvaluatedKey;
    } while (query.ExclusiveStartKey !== undefined);
    return rows;
  }
}

/** The query for a stretch of a window. It asks only for exported attributes: a vendor's table may have many others. */
function stretchQuery(source: AuditLogSource, accountId: string, stretch: Stretch): QueryCommandInput {
  const columns = [...new Set(Object.values(source.attributes))].filter(name => name !== source.sortKey);
  const names = Object.fromEntries(columns.map((name, index) => [`#column${index}`, name]));
  const query = queryBetween(source, accountId, stretch);
  return {
    ...query,
    ProjectionExpression: ['#sort', ...Object.keys(names)].join(', '),
    ExpressionAttributeNames: { ...query.ExpressionAttributeNames, ...names },
    ConsistentRead: true,
    ExclusiveStartKey: stretch.after as Record<string, AttributeValue> | undefined,
  };
}

function startKey(source: AuditLogSource, accountId: string, after: string): Record<string, AttributeValue> {
  return { [source.partitionKey]: { S: accountId }, [source.sortKey]: sortKeyValue(source, after) };
}

function sortKeyOf({ sortKey, sortKeyType }: AuditLogSource, key: Page['lastEvaluatedKey']): string {
  const value = key?.[sortKey] as { readonly S?: string; readonly N?: string } | undefined;
  return (sortKeyType === 'iso' ? value?.S : value?.N) ?? '';
}
