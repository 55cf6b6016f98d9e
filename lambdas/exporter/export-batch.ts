import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type ExportMessage, longestDelay, mostReceives, parseMessage } from '../domain/export-message.ts';
import { toExportError } from '../domain/failure.ts';
import { createDeadline, type Timer } from './deadline.ts';
import { exportAccount } from './export-account.ts';
import type { ExportSettings } from './export-settings.ts';
import type { Buckets, ExporterPorts } from './ports.ts';
import { retryDelay } from './retry-delay.ts';

/** Seconds until it is looked for the first time whether another exporter still is at work. */
const firstLook = 60;
/** Of the times that the queue hands a message out; the others are left for failures. */
const mostWaits = mostReceives / 2;
/** After so long, in milliseconds, the account's next window has ended, and has a message of its own. */
const nextMessage = 6 * 3_600_000;

export interface BatchExporterOptions {
  readonly ports: Omit<ExporterPorts, 'buckets'>;
  readonly settings: ExportSettings;
  /** The buckets of one message's account. */
  createBuckets(): Buckets & { close(): void };
  /** Makes a received message visible again after so many seconds from now. */
  retryAfter(receiptHandle: string, seconds: number): Promise<void>;
  readonly timer: Timer;
}

/** What of a received message counts here. */
export type ReceivedMessage = Pick<SQSRecord, 'messageId' | 'receiptHandle' | 'body'> & {
  readonly attributes: Pick<SQSRecord['attributes'], 'ApproximateReceiveCount'>;
};

/**
 * Exports the account of each message, one after the other; a message that failed is answered as such and comes again.
 *
 * @returns a function of the messages and of how many milliseconds the invocation has left; it does not reject
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
        // In an outage of days all the messages that would be sent anew would fill the queue.
        if (ports.clock.now() - content.tick < nextMessage) return await wait(message, content, seconds);
        await postpone(message, seconds);
        return false;
      }
      if (typeof outcome === 'string') return true;
      const left = Math.ceil((outcome.leasedUntil - ports.clock.now()) / 1000);
      // Most files take a moment, and a lease lasts as long as its exporter may.
      const longest = received === 1 ? firstLook : longestDelay;
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
   * Has a message wait for another exporter of its account, or for its silent cloud. The very same message: sent anew each time, it would be
   * doubled by every crash and by every answer that is lost in between, and a long backlog would fill the queue. Only
   * so that it does not count as dead it is sent anew in the end. True if the message itself is done with.
   */
  async function wait(message: ReceivedMessage, content: ExportMessage, seconds: number): Promise<boolean> {
    const isSentAnew = receivedTimes(message) >= mostWaits;
    if (isSentAnew) await ports.queue.send(content, seconds);
    else await postpone(message, seconds);
    return isSentAnew;
  }

  /** Without this the message comes again all the same, when its visibility timeout ends. */
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
