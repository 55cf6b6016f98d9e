import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { type ExportMessage, encodeMessage } from '../domain/export-message.ts';

/** The queue with a client of its own. */
export function openExportQueue(queueUrl: string, options: SQSClientConfig) {
  return createExportQueue({ client: new SQSClient(options), queueUrl });
}

/** The export queue: the dispatcher fills it, and the exporter queues again what it could not finish. */
export function createExportQueue({ client, queueUrl }: { client: SQSClient; queueUrl: string }) {
  return {
    /** Sends up to 10 messages, and answers with those that the queue did not take. */
    async sendBatch(
      messages: readonly ExportMessage[],
      delaySeconds: number,
    ): Promise<readonly ExportMessage[]> {
      const { Successful = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: messages.map((message, index) => ({
            Id: String(index),
            MessageBody: encodeMessage(message),
            DelaySeconds: delaySeconds,
          })),
        }),
      );
      // What is not named as taken was not taken: a message that comes twice does less harm than one that never comes.
      const taken = new Set(Successful.map(({ Id }) => Id));
      return messages.filter((_, index) => !taken.has(String(index)));
    },

    async send(message: ExportMessage, delaySeconds: number): Promise<void> {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: encodeMessage(message),
          DelaySeconds: delaySeconds,
        }),
      );
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
