import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type ExportMessage, longestDelay, mostReceives, parseMessage } from '../domain/export-message.ts';
import { toExportError } from '../domain/failure.ts';
import { createDeadline, type Timer } from './deadline.ts';
import { exportAccount } from './export-account.ts';
import type { ExportSettings } from './export-settings.ts';
import type { Buckets, ExporterPorts } from './ports.ts';
import { retryDelay } from './retry-delay.ts';

/** The first wait for another exporter of the same account, in seconds. */
const firstWait = 60;
/** How many of the queue's deliveries of a message may be used for waiting. The others are left for failures. */
const mostWaits = mostReceives / 2;
/** After this time, in milliseconds, the account's next window has ended and has its own message. */
const nextMessage = 6 * 3_600_000;

export interface BatchExporterOptions {
  readonly ports: Omit<ExporterPorts, 'buckets'>;
  readonly settings: ExportSettings;
  /** Creates the bucket cache for one message. */
  createBuckets(): Buckets & { close(): void };
  /** Makes a received message visible again after this many seconds from now. */
  retryAfter(receiptHandle: string, seconds: number): Promise<void>;
  readonly timer: Timer;
}

/** The part of a received message that is used here. */
export type ReceivedMessage = Pick<SQSRecord, 'messageId' | 'receiptHandle' | 'body'> & {
  readonly attributes: Pick<SQSRecord['attributes'], 'ApproximateReceiveCount'>;
};

/**
 * Exports the account of each message, one after the other. The result lists failed messages, which
 * the queue delivers again.
 *
 * @returns a function that takes the messages and the invocation's remaining milliseconds. It never rejects
 */
export function createBatchExporter({
  ports,
  settings,
  createBuckets,
  retryAfter,
  timer,
}: BatchExporterOptions) {
  return async (messages: readonly ReceivedMessage[], remaining: () => number): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
    for (const message of messages)
      if (!(await exportOne(message, remaining)))
        batchItemFailures.push({ itemIdentifier: message.messageId });
    return { batchItemFailures };
  };

  async function exportOne(message: ReceivedMessage, remaining: () => number): Promise<boolean> {
    const deadline = createDeadline(remaining, timer, ports.clock);
    const received = receivedTimes(message);
    const buckets = createBuckets();
    try {
      const content = parseMessage(message.body);
      const outcome = await exportAccount(content, {
        messageId: message.messageId,
        received,
        ports: { ...ports, buckets },
        settings,
        deadline,
      });
      if (outcome === 'suspended') {
        const seconds = retryDelay(message.messageId, received);
        // `wait` would send new messages. In an outage of several days these would accumulate in the queue.
        if (ports.clock.now() - content.tick < nextMessage) return await wait(message, content, seconds);
        await postpone(message, seconds);
        return false;
      }
      if (typeof outcome === 'string') return true;
      const left = Math.ceil((outcome.leasedUntil - ports.clock.now()) / 1000);
      // A lease lasts as long as the invocation may, but most files take only seconds, so the first wait is short.
      const longest = received === 1 ? firstWait : longestDelay;
      return await wait(message, content, Math.min(Math.max(left, 1), longest));
    } catch (thrown) {
      const failure = toExportError(thrown);
      ports.telemetry.note(
        { messageId: message.messageId },
        `${failure.code}: ${failure.message}`,
        failure.cause,
      );
      await postpone(message, retryDelay(message.messageId, received));
      return false;
    } finally {
      deadline.cancel();
      buckets.close();
    }
  }

  /**
   * Makes a message wait for another exporter of its account or for a silent cloud. It usually postpones the same
   * message: sending a new one each time would create duplicates after every crash and every lost answer, and a long
   * backlog would fill the queue. After `mostWaits` receives it sends a new message, so that this one does not reach
   * the dead-letter queue. Returns true if the received message can be deleted.
   */
  async function wait(message: ReceivedMessage, content: ExportMessage, seconds: number): Promise<boolean> {
    const isReplaced = receivedTimes(message) >= mostWaits;
    if (isReplaced) await ports.queue.send(content, seconds);
    else await postpone(message, seconds);
    return isReplaced;
  }

  /** An error does not matter: the message is then delivered again when its visibility timeout ends. */
  async function postpone({ messageId, receiptHandle }: ReceivedMessage, seconds: number): Promise<void> {
    try {
      await retryAfter(receiptHandle, seconds);
    } catch (thrown) {
      ports.telemetry.note({ messageId }, 'The message could not be postponed', thrown);
    }
  }
}

function receivedTimes({ attributes }: ReceivedMessage): number {
  return Number(attributes.ApproximateReceiveCount);
}
