import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Instant } from '../../lambdas/domain/instant.ts';

export interface HeldMessage {
  readonly receiptHandle: string;
  readonly body: string;
  readonly sentAt: Instant;
}

/** Long enough for a person to read the list and decide. */
const heldSeconds = 300;

/** The messages of a queue. What is received is held until it is removed or let go. */
export function createHeldMessages(client: SQSClient, queueUrl: string) {
  return {
    /** Every message that is there, each once. */
    async receiveAll(): Promise<HeldMessage[]> {
      const held: HeldMessage[] = [];
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
        if (Messages.length === 0) return held;
        for (const { ReceiptHandle = '', Body = '', Attributes } of Messages)
          held.push({
            receiptHandle: ReceiptHandle,
            body: Body,
            sentAt: Number(Attributes?.SentTimestamp ?? 0),
          });
      }
    },

    async remove({ receiptHandle }: HeldMessage): Promise<void> {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
    },

    /** Leaves it in the queue, to be seen again at once. */
    async letGo({ receiptHandle }: HeldMessage): Promise<void> {
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
