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

/** A person needs time to read the list and decide. */
const heldSeconds = 300;

/** The messages of a queue. A received message is held: it is invisible to others until it is removed or released. */
export function createHeldMessages(client: SQSClient, queueUrl: string) {
  const held = new Set<HeldMessage>();
  return {
    /** How many messages others hold. After a removal or release, SQS may report a message as held for a while. */
    heldByOthers: async () => Math.max((await readDepth(client, queueUrl)).inFlight - held.size, 0),

    /** Receives every visible message, each once. */
    async receiveAll(): Promise<HeldMessage[]> {
      for (;;) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: 10,
            VisibilityTimeout: heldSeconds,
            // Long polling asks all servers of the queue; short polling may miss messages.
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

    /** Makes the messages that were not removed visible again at once. */
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
      // After a long pause the hold has expired, and the message is visible anyway.
      if (!(thrown instanceof MessageNotInflight)) throw thrown;
    }
  }
}

export type HeldMessages = ReturnType<typeof createHeldMessages>;
