import { encodeMessage } from '../../lambdas/domain/export-message.ts';
import { timeZoneNames } from '../../lambdas/domain/time-zone-names.ts';
import { jsonRequest } from '../bare/connection.ts';
import { createBarePool } from '../bare/pool.ts';
import type { Prepare } from '../measure/child.ts';
import { busyTick, isDue } from './population.ts';
import { batchesInFlight, type DispatchSettings } from './settings.ts';

const pageBytes = 256 * 1024;
const answerBytes = 16 * 1024;
const pageLimit = 1000;

/**
 * The lower bound that no dispatcher can beat: it sends the same queries and batches over bare sockets, and reads the
 * answers into buffers that it reuses. It parses, signs, checks and retries nothing.
 */
export const prepare: Prepare<DispatchSettings, object> = async ({ dynamodbEndpoint, queueUrl }) => {
  const due = timeZoneNames.filter(isDue);
  return async () => {
    const tables = createBarePool(dynamodbEndpoint, batchesInFlight, pageBytes);
    const queue = createBarePool(queueUrl, batchesInFlight, answerBytes);
    const batches = dueBatches();
    const sendBatches = async () => {
      for await (const batch of batches)
        await queue.ask(jsonRequest(queueUrl, 'AmazonSQS.SendMessageBatch', batch), () => undefined);
    };
    await Promise.all(Array.from({ length: batchesInFlight }, sendBatches));
    tables.close();
    queue.close();
    return {};

    async function* dueBatches(): AsyncGenerator<string> {
      // All first pages are requested at once, so that none waits for another.
      const firstPages = due.map(timeZone => pageOf(timeZone, ''));
      let entries: string[] = [];
      for (const [index, timeZone] of due.entries())
        for (let page = await firstPages[index]; page; page = await nextPage(timeZone, page))
          for (const accountId of page.accountIds) {
            entries.push(entryOf(entries.length, accountId));
            if (entries.length < 10) continue;
            yield batchOf(entries);
            entries = [];
          }
      if (entries.length > 0) yield batchOf(entries);
    }

    function pageOf(timeZone: string, startKey: string): Promise<AccountPage> {
      const body = `{"ExpressionAttributeValues":{":timeZone":{"S":"${timeZone}"}},"Limit":${pageLimit}${startKey}}`;
      return tables.ask(jsonRequest(dynamodbEndpoint, 'DynamoDB_20120810.Query', body), answer =>
        accountPage(answer.body.toString('latin1')),
      );
    }

    async function nextPage(timeZone: string, { lastKey }: AccountPage): Promise<AccountPage | undefined> {
      return lastKey === undefined ? undefined : pageOf(timeZone, `,"ExclusiveStartKey":${lastKey}`);
    }
  };

  function batchOf(entries: readonly string[]): string {
    return `{"QueueUrl":"${queueUrl}","Entries":[${entries.join(',')}]}`;
  }
};

interface AccountPage {
  readonly accountIds: readonly string[];
  /** The JSON text from the answer, unchanged. */
  readonly lastKey: string | undefined;
}

const beforeAccountId = '{"accountId":{"S":"';
const beforeLastKey = ',"LastEvaluatedKey":';

/** The benchmark's ids have only letters, digits and hyphens, so they need no unescaping here and no escaping later. */
function accountPage(answer: string): AccountPage {
  const lastKeyAt = answer.indexOf(beforeLastKey);
  const items = lastKeyAt === -1 ? answer : answer.slice(0, lastKeyAt);
  const lastKey = lastKeyAt === -1 ? undefined : answer.slice(lastKeyAt + beforeLastKey.length, -1);
  const [, ...rest] = items.split(beforeAccountId);
  return { accountIds: rest.map(text => text.slice(0, text.indexOf('"'))), lastKey };
}

const [beforeId = '', afterId = ''] = JSON.stringify(encodeMessage({ accountId: '@', tick: busyTick })).split(
  '@',
);

function entryOf(id: number, accountId: string): string {
  return `{"Id":"${id}","MessageBody":${beforeId}${accountId}${afterId}}`;
}
