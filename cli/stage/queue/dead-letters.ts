import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type ExportMessage, parseMessage } from '../../../lambdas/domain/export-message.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { createHeldMessages, type HeldMessage } from './held-messages.ts';

/** A message of the dead-letter queue of exports. */
export interface DeadLetter {
  readonly held: HeldMessage;
  /** The parsed message; absent if it is foreign. */
  readonly message: ExportMessage | undefined;
}

export function createDeadLetters({
  client,
  queueUrl,
  exportQueueUrl,
}: {
  client: SQSClient;
  queueUrl: string;
  exportQueueUrl: string;
}) {
  const { receiveAll, remove, letGo, heldByOthers } = createHeldMessages(client, queueUrl);
  return {
    receiveAll: async (): Promise<DeadLetter[]> =>
      (await receiveAll()).map(held => ({ held, message: parsed(held.body) })),

    /**
     * Sends, then deletes: if it is interrupted in between, the account is exported twice, which is harmless. The
     * other order could lose the message.
     */
    async moveBack({ held }: DeadLetter): Promise<void> {
      await client.send(new SendMessageCommand({ QueueUrl: exportQueueUrl, MessageBody: held.body }));
      await remove(held);
    },

    discard: ({ held }: DeadLetter) => remove(held),
    letGo,
    heldByOthers,
  };
}

export type DeadLetters = ReturnType<typeof createDeadLetters>;

function parsed(body: string): ExportMessage | undefined {
  try {
    return parseMessage(body);
  } catch (thrown) {
    if (thrown instanceof ExportError) return undefined;
    throw thrown;
  }
}
