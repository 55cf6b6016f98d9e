import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type ExportMessage, encodeMessage } from '../domain/export-message.ts';
import { clientOptions } from './client-options.ts';

/** The queue with a client of its own. */
export function openExportQueue(queueUrl: string) {
  return createExportQueue({ client: new SQSClient(clientOptions), queueUrl });
}

/** The export queue as the exporter uses it: what it could not finish is queued again. */
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
