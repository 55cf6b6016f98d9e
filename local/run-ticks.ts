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
  /** Told of every tick before it is sent. */
  onTick(tick: Instant): void;
  /** Told of every invocation that ended with an error. */
  onError(error: unknown): void;
}

const concurrency = 8;
const messagesPerReceive = 10;
/** A message that failed comes again after half a minute, then after a whole one; longer nobody wants to watch. */
const longestWaitForRetries = 100_000;

/**
 * Sends the ticks through the dispatcher, and every message that it queues through the exporter, as EventBridge and
 * Lambda's poller do. The next tick waits until the queue is empty: in truth a quarter of an hour lies between them.
 *
 * @returns how many messages were left undone
 */
export async function runTicks(ticks: readonly Instant[], pipeline: Pipeline): Promise<number> {
  for (const tick of ticks) {
    pipeline.onTick(tick);
    // The next tick makes up for one that failed.
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

/** Hands out messages until none is visible; those that wait for their retry stay. */
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

/** One invocation of the exporter; what it does not report as failed is deleted. */
async function exportBatch(messages: readonly Message[], { exporter, sqs, queue }: Pipeline): Promise<void> {
  const event: SQSEvent = { Records: messages.map(message => recordOf(message)) };
  const { batchItemFailures } = (await exporter.invoke(event)) as SQSBatchResponse;
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { MessageId = '', ReceiptHandle } of messages)
    if (!failed.has(MessageId))
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));
}

/** The message as Lambda's event source mapping hands it over. */
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

/** The event of a rule of EventBridge. */
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
