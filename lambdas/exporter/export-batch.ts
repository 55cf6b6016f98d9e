import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { parseMessage } from '../domain/export-message.ts';
import { toExportError } from '../domain/failure.ts';
import { createDeadline, type Timer } from './deadline.ts';
import { exportAccount } from './export-account.ts';
import type { ExportSettings } from './export-settings.ts';
import type { Buckets, ExporterPorts } from './ports.ts';
import { retryDelay } from './retry-delay.ts';

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
    const buckets = createBuckets();
    try {
      await exportAccount(parseMessage(message.body), { ...ports, buckets }, settings, deadline);
      return true;
    } catch (thrown) {
      const failure = toExportError(thrown);
      ports.telemetry.note(
        { messageId: message.messageId },
        `${failure.code}: ${failure.message}`,
        failure.cause,
      );
      await postpone(message);
      return false;
    } finally {
      deadline.cancel();
      buckets.close();
    }
  }

  /** Without this the message comes again all the same, when its visibility timeout ends. */
  async function postpone({ messageId, receiptHandle, attributes }: ReceivedMessage): Promise<void> {
    try {
      await retryAfter(receiptHandle, retryDelay(messageId, Number(attributes.ApproximateReceiveCount)));
    } catch (thrown) {
      ports.telemetry.note({ messageId }, 'The message could not be postponed', thrown);
    }
  }
}
