import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { encodeMessage } from '../../lambdas/domain/export-message.ts';
import { timeZoneNames } from '../../lambdas/domain/time-zone-names.ts';
import type { Prepare } from '../measure/child.ts';
import { busyTick, isDue } from './population.ts';
import { batchesInFlight, type DispatchSettings } from './settings.ts';

/** The same questions and batches by bare HTTP: nothing signed, checked or tried again. */
export const prepare: Prepare<DispatchSettings, object> = async ({ dynamodbEndpoint, queueUrl }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: batchesInFlight });
  return async () => {
    const batches = dueBatches();
    const sendBatches = async () => {
      for await (const batch of batches) await post(queueUrl, 'AmazonSQS.SendMessageBatch', messages(batch));
    };
    await Promise.all(Array.from({ length: batchesInFlight }, sendBatches));
    agent.destroy();
    return {};
  };

  async function* dueBatches(): AsyncGenerator<readonly string[]> {
    const due = timeZoneNames.filter(isDue);
    // The first pages all at once: that none of them waits for another is as fast as it gets.
    const firstPages = due.map(timeZone => pageOf(timeZone, undefined));
    let batch: string[] = [];
    for (const [index, timeZone] of due.entries())
      for (let page = await firstPages[index]; page; page = await nextPage(timeZone, page))
        for (const { accountId } of page.Items) {
          batch.push(accountId.S);
          if (batch.length < 10) continue;
          yield batch;
          batch = [];
        }
    if (batch.length > 0) yield batch;
  }

  function pageOf(timeZone: string, after: object | undefined): Promise<Page> {
    const ExpressionAttributeValues = { ':timeZone': { S: timeZone } };
    const query = { ExpressionAttributeValues, ExclusiveStartKey: after, Limit: 1000 };
    return post(dynamodbEndpoint, 'DynamoDB_20120810.Query', query);
  }

  async function nextPage(timeZone: string, { LastEvaluatedKey }: Page): Promise<Page | undefined> {
    return LastEvaluatedKey && pageOf(timeZone, LastEvaluatedKey);
  }

  async function post<Answer>(url: string, target: string, input: object): Promise<Answer> {
    const body = JSON.stringify(input);
    const headers = { 'x-amz-target': target, 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { agent, method: 'POST', headers }).end(body);
    const [response]: IncomingMessage[] = await once(sent, 'response');
    return JSON.parse(Buffer.concat((await response?.toArray()) ?? []).toString());
  }
};

interface Page {
  readonly Items: readonly { readonly accountId: { readonly S: string } }[];
  readonly LastEvaluatedKey?: object;
}

function messages(accountIds: readonly string[]): object {
  return {
    Entries: accountIds.map((accountId, index) => ({
      Id: String(index),
      MessageBody: encodeMessage({ accountId, tick: busyTick }),
    })),
  };
}
