import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type ExportMessage, longestDelay, mostReceives, parseMessage } from '../domain/export-message.ts';
import { toExportError } from '../domain/failure.ts';
import { patienceAt } from '../domain/silence.ts';
import { createDeadline, type Timer } from './deadline.ts';
import { exportAccount, type Leased } from './export-account.ts';
import type { ExportSettings } from './export-settings.ts';
import type { Buckets, ExporterPorts } from './ports.ts';
import { retryDelay } from './retry-delay.ts';

/** Seconds until it is looked for the first time whether another exporter still is at work. */
const firstLook = 60;
/** Of the times that the queue hands a message out; the others are left for failures. */
const mostWaits = mostReceives / 2;

export interface BatchExporterOptions {
  readonly ports: Omit<ExporterPorts, 'buckets'>;
  readonly settings: ExportSettings;
  /** The buckets of one message's account, where a cloud may stay silent for so many milliseconds. */
  createBuckets(silenceMs: number): Buckets & { close(): void };
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
    const buckets = createBuckets(patienceAt(receivedTimes(message)));
    try {
      const content = parseMessage(message.body);
      const outcome = await exportAccount(content, {
        messageId: message.messageId,
        ports: { ...ports, buckets },
        settings,
        deadline,
      });
      return typeof outcome === 'string' || (await wait(message, content, outcome));
    } catch (thrown) {
      const failure = toExportError(thrown);
      ports.telemetry.note(
        { messageId: message.messageId },
        `${failure.code}: ${failure.message}`,
        failure.cause,
      );
      await postpone(message, retryDelay(message.messageId, receivedTimes(message)));
      return false;
    } finally {
      deadline.cancel();
      buckets.close();
    }
  }

  /**
   * Has a message wait for another exporter of its account. The very same message: sent anew each time, it would be
   * doubled by every crash and by every answer that is lost in between, and a long backlog would fill the queue. Only
   * so that it does not count as dead it is sent anew in the end. True if the message itself is done with.
   */
  async function wait(
    message: ReceivedMessage,
    content: ExportMessage,
    { leasedUntil }: Leased,
  ): Promise<boolean> {
    const received = receivedTimes(message);
    const left = Math.ceil((leasedUntil - ports.clock.now()) / 1000);
    // Most files take a moment, and a lease lasts as long as its exporter may.
    const seconds = Math.min(Math.max(left, 1), received === 1 ? firstLook : longestDelay);
    if (received >= mostWaits) await ports.queue.send(content, seconds);
    else await postpone(message, seconds);
    return received >= mostWaits;
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
