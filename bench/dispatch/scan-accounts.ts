import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { encodeMessage } from '../../lambdas/domain/export-message.ts';
import type { Prepare } from '../measure/child.ts';
import { busyTick, isDue } from './population.ts';
import { batchesInFlight, type DispatchSettings } from './settings.ts';

/** The simplest design: scan all accounts, keep the due ones, and send their messages in groups of full batches. */
export const prepare: Prepare<DispatchSettings, object> = async ({ queueUrl }) => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  const sqs = new SQSClient({});
  return async () => {
    const dueZones = new Map<string, boolean>();
    let batches: string[][] = [[]];
    for await (const { Items = [] } of paginateScan({ client }, { TableName: 'Accounts' }))
      for (const { accountId, timeZone } of Items) {
        if (!dueZones.has(timeZone)) dueZones.set(timeZone, isDue(timeZone));
        if (dueZones.get(timeZone)) await add(accountId);
      }
    await sendAll();
    return {};

    async function add(accountId: string): Promise<void> {
      if (batches.at(-1)?.length === 10) {
        if (batches.length === batchesInFlight) await sendAll();
        batches.push([]);
      }
      batches.at(-1)?.push(accountId);
    }

    async function sendAll(): Promise<void> {
      await Promise.all(batches.filter(batch => batch.length > 0).map(send));
      batches = [[]];
    }
  };

  function send(accountIds: readonly string[]) {
    const Entries = accountIds.map((accountId, index) => ({
      Id: String(index),
      MessageBody: encodeMessage({ accountId, tick: busyTick }),
    }));
    return sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
};
