import { type ExportMessage, encodeMessage } from '../domain/export-message.ts';

/** Sends SQS an operation's input as JSON, and answers with its output. */
export type PostToSqs = (operation: 'SendMessageBatch', input: string) => Promise<unknown>;

/** The export queue as the dispatcher fills it: by the hundred thousand, so without the SDK (docs/adr/0008). */
export function createMessageBatches({ post, queueUrl }: { post: PostToSqs; queueUrl: string }) {
  return {
    /** Sends up to 10 messages, and answers with those that the queue did not take. */
    async sendBatch(
      messages: readonly ExportMessage[],
      delaySeconds: number,
    ): Promise<readonly ExportMessage[]> {
      const Entries = messages.map((message, index) => ({
        Id: String(index),
        MessageBody: encodeMessage(message),
        DelaySeconds: delaySeconds,
      }));
      const taken = idsTaken(await post('SendMessageBatch', JSON.stringify({ QueueUrl: queueUrl, Entries })));
      return messages.filter((_, index) => !taken.has(String(index)));
    },
  };
}

/** What is not named as taken was not taken: a message that comes twice does less harm than one that does not come. */
function idsTaken(answer: unknown): ReadonlySet<unknown> {
  const { Successful = [] } = answer as { readonly Successful?: readonly { readonly Id?: unknown }[] };
  return new Set(Successful.map(({ Id }) => Id));
}
