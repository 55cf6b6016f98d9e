import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type ExportMessage, encodeMessage } from '../domain/export-message.ts';

/** The export queue, for both ends: the dispatcher sends in batches, the exporter queues what it could not finish. */
export function createExportQueue({ client, queueUrl }: { client: SQSClient; queueUrl: string }) {
  return {
    async send(message: ExportMessage, delaySeconds: number): Promise<void> {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: encodeMessage(message),
          DelaySeconds: delaySeconds,
        }),
      );
    },

    /** Sends up to 10 messages, and answers with those that the queue did not take. */
    async sendBatch(
      messages: readonly ExportMessage[],
      delaySeconds: number,
    ): Promise<readonly ExportMessage[]> {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: messages.map((message, index) => ({
            Id: String(index),
            MessageBody: encodeMessage(message),
            DelaySeconds: delaySeconds,
          })),
        }),
      );
      const failed = new Set(Failed.map(({ Id }) => Id));
      return messages.filter((_, index) => failed.has(String(index)));
    },

    /** Makes a received message visible again after so many seconds from now. */
    async retryAfter(receiptHandle: string, seconds: number): Promise<void> {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
  };
}
