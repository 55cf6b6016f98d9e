import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  MessageNotInflight,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import { readDepth } from './depth.ts';

export interface HeldMessage {
  readonly receiptHandle: string;
  readonly body: string;
  readonly sentAt: Instant;
}

/** Long enough for a person to read the list and decide. */
const heldSeconds = 300;

/** The messages of a queue. What is received is held, and nobody else sees it, until it is removed or let go. */
export function createHeldMessages(client: SQSClient, queueUrl: string) {
  const held = new Set<HeldMessage>();
  return {
    /** How many messages somebody else holds. SQS counts what was removed or let go as held for another while. */
    heldByOthers: async () => Math.max((await readDepth(client, queueUrl)).inFlight - held.size, 0),

    /** Every message that is there, each once. */
    async receiveAll(): Promise<HeldMessage[]> {
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
        if (Messages.length === 0) return [...held];
        for (const { ReceiptHandle = '', Body = '', Attributes } of Messages)
          held.add({
            receiptHandle: ReceiptHandle,
            body: Body,
            sentAt: Number(Attributes?.SentTimestamp ?? 0),
          });
      }
    },

    async remove(message: HeldMessage): Promise<void> {
      const { receiptHandle } = message;
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
      held.delete(message);
    },

    /** Leaves in the queue what was not removed, to be seen again at once. */
    async letGo(): Promise<void> {
      for (const { receiptHandle } of held) await makeVisible(receiptHandle);
      held.clear();
    },
  };

  async function makeVisible(receiptHandle: string): Promise<void> {
    const visible = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 };
    try {
      await client.send(new ChangeMessageVisibilityCommand(visible));
    } catch (thrown) {
      // Whoever thought about it for too long no longer holds it.
      if (!(thrown instanceof MessageNotInflight)) throw thrown;
    }
  }
}

export type HeldMessages = ReturnType<typeof createHeldMessages>;
