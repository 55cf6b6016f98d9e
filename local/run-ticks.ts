import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type Instant, toIso } from '../lambdas/domain/instant.ts';
import type { LambdaFunction } from './functions/lambda-function.ts';
import type { Resources } from './resources.ts';

export interface Pipeline {
  readonly dispatcher: LambdaFunction;
  readonly exporter: LambdaFunction;
  readonly sqs: SQSClient;
  readonly queue: Resources['exportQueue'];
  /** Called before each tick. */
  onTick(tick: Instant): void;
  /** Called for each invocation that failed. */
  onError(error: unknown): void;
}

const concurrency = 8;
const messagesPerReceive = 10;
/** A failed message is retried after 30 seconds, then after 60; a local run waits no longer. */
const longestWaitForRetries = 100_000;

/**
 * Sends ticks to the dispatcher and its messages to the exporter, as EventBridge and Lambda’s poller do. Each tick
 * waits until the queue is empty, because in AWS a quarter of an hour lies between ticks.
 *
 * @returns the number of messages that were not processed
 */
export async function runTicks(ticks: readonly Instant[], pipeline: Pipeline): Promise<number> {
  for (const tick of ticks) {
    pipeline.onTick(tick);
    // The next tick covers a failed one.
    await pipeline.dispatcher.invoke(scheduledEvent(tick)).catch(pipeline.onError);
    await emptyQueue(pipeline);
  }
  const giveUp = performance.now() + longestWaitForRetries;
  while ((await messagesLeft(pipeline)) > 0 && performance.now() < giveUp) {
    await emptyQueue(pipeline);
    await pause(250);
  }
  return (await messagesLeft(pipeline)) + (await messagesIn(pipeline, pipeline.queue.deadLetterUrl));
}

/** Processes messages until none is visible; those waiting for a retry remain. */
export async function emptyQueue(pipeline: Pipeline): Promise<void> {
  const { batchSize } = pipeline.queue;
  const running = new Set<Promise<void>>();
  try {
    for (;;) {
      const room = Math.min(concurrency - running.size, messagesPerReceive);
      const received = room > 0 ? await receive(pipeline, room) : [];
      for (let start = 0; start < received.length; start += batchSize) {
        const run = exportBatch(received.slice(start, start + batchSize), pipeline)
          .catch(pipeline.onError)
          .then(() => {
            running.delete(run);
          });
        running.add(run);
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
  } finally {
    await Promise.allSettled(running);
  }
}

async function receive({ sqs, queue }: Pipeline, most: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: most,
      MessageSystemAttributeNames: ['All'],
    }),
  );
  return Messages;
}

/** Invokes the exporter once, and deletes the messages that it does not report as failed. */
async function exportBatch(messages: readonly Message[], { exporter, sqs, queue }: Pipeline): Promise<void> {
  const event: SQSEvent = { Records: messages.map(message => recordOf(message)) };
  const { batchItemFailures } = (await exporter.invoke(event)) as SQSBatchResponse;
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { MessageId = '', ReceiptHandle } of messages)
    if (!failed.has(MessageId))
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));
}

/** The message in the form of Lambda’s event source mapping. */
function recordOf({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes = {},
  MD5OfBody = '',
}: Message): SQSRecord {
  const {
    ApproximateReceiveCount = '1',
    SentTimestamp = '0',
    SenderId = '',
    ApproximateFirstReceiveTimestamp = '0',
  } = Attributes;
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: { ApproximateReceiveCount, SentTimestamp, SenderId, ApproximateFirstReceiveTimestamp },
    messageAttributes: {},
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:exports',
    awsRegion: 'us-east-1',
  };
}

async function messagesLeft(pipeline: Pipeline): Promise<number> {
  return messagesIn(pipeline, pipeline.queue.url);
}

async function messagesIn({ sqs }: Pipeline, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  const {
    ApproximateNumberOfMessages,
    ApproximateNumberOfMessagesNotVisible,
    ApproximateNumberOfMessagesDelayed,
  } = Attributes;
  return [
    ApproximateNumberOfMessages,
    ApproximateNumberOfMessagesNotVisible,
    ApproximateNumberOfMessagesDelayed,
  ]
    .map(Number)
    .reduce((sum, count) => sum + count, 0);
}

/** The event that a scheduled rule of EventBridge sends. */
export function scheduledEvent(tick: Instant) {
  return {
    version: '0',
    id: `tick-${toIso(tick)}`,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: toIso(tick).replace('.000Z', 'Z'),
    region: 'us-east-1',
    resources: [],
    detail: {},
  };
}
