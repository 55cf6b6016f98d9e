import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type ExportMessage, parseMessage } from '../../lambdas/domain/export-message.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import type { Instant } from '../../lambdas/domain/instant.ts';

/** An export that was put aside. */
export interface DeadLetter {
  readonly receiptHandle: string;
  readonly body: string;
  /** What it asks for; absent if it is no message of ours. */
  readonly message: ExportMessage | undefined;
  readonly sentAt: Instant;
}

/** Long enough for a person to read the list and decide. */
const heldSeconds = 300;

/** The dead-letter queue of exports. What is received is held until it is moved or let go. */
export function createDeadLetters({
  client,
  queueUrl,
  exportQueueUrl,
}: {
  client: SQSClient;
  queueUrl: string;
  exportQueueUrl: string;
}) {
  return {
    /** Every message that is there, each once. */
    async receiveAll(): Promise<DeadLetter[]> {
      const letters: DeadLetter[] = [];
      for (;;) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: heldSeconds,
            // Long polling asks every server of the queue; a short poll may miss some.
            WaitTimeSeconds: 1,
            MessageSystemAttributeNames: ['SentTimestamp'],
          }),
        );
        if (Messages.length === 0) return letters;
        for (const { ReceiptHandle = '', Body = '', Attributes } of Messages)
          letters.push({
            receiptHandle: ReceiptHandle,
            body: Body,
            message: parsed(Body),
            sentAt: Number(Attributes?.SentTimestamp ?? 0),
          });
      }
    },

    /** Sent before it is deleted: whoever is interrupted in between exports an account twice, which does no harm. */
    async moveBack({ receiptHandle, body }: DeadLetter): Promise<void> {
      await client.send(new SendMessageCommand({ QueueUrl: exportQueueUrl, MessageBody: body }));
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
    },

    async discard({ receiptHandle }: DeadLetter): Promise<void> {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
    },

    /** Leaves it in the queue, to be seen again at once. */
    async letGo({ receiptHandle }: DeadLetter): Promise<void> {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: 0,
        }),
      );
    },
  };
}

function parsed(body: string): ExportMessage | undefined {
  try {
    return parseMessage(body);
  } catch (thrown) {
    if (thrown instanceof ExportError) return undefined;
    throw thrown;
  }
}
