import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import { type ExportMessage, encodeMessage } from '../domain/export-message.ts';

/** The queue with its own client. */
export function openExportQueue(queueUrl: string, options: SQSClientConfig) {
  return createExportQueue({ client: new SQSClient(options), queueUrl });
}

/** The export queue. The dispatcher fills it, and the exporter puts back what it could not finish. */
export function createExportQueue({ client, queueUrl }: { client: SQSClient; queueUrl: string }) {
  return {
    /** Sends up to 10 messages. Returns those that the queue did not accept. */
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
      // A message counts as not sent unless the answer lists it: sending it twice is safe, losing it is not.
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

    /** Makes a received message visible again after this many seconds from now. */
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
