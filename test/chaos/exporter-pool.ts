import { setTimeout as pause } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  MessageNotInflight,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse } from 'aws-lambda';
import type { Random } from '../../local/sample/random.ts';
import {
  type ExporterProcess,
  type ExporterProcessOptions,
  startExporterProcess,
} from './exporter-process.ts';

export interface PoolOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly random: Random;
  /** Called for each account whose exporter was killed while working. */
  onKilled(accountId: string): Promise<void>;
  /** The number of processes that run at once. */
  readonly size: number;
  /** Options for each new process; its environment may differ from the others. */
  processOptions(): ExporterProcessOptions;
}

export interface PoolCounts {
  /** Processes killed by SIGKILL, and how many of them were working. */
  kills: number;
  killsAtWork: number;
  invocations: number;
  failedMessages: number;
}

/**
 * Short, so that messages of a killed process soon become visible again, sometimes while another process still works
 * on the same account.
 */
const visibilitySeconds = 2;
/** The average life of a process, as a multiple of its start-up time: shorter lives would leave no time for work. */
const meanLife = 3;
const firstGuess = 400;
/** The share of invocations that are killed near their start, because a small export performs all its steps then. */
const deathsAtWork = 0.1;
const wholeTime = 900_000;
/** Not enough time for another file, and little more than the time reserved for cleaning up. */
const shortTimes = [300_200, 15_300] as const;

/**
 * Processes that receive messages as from Lambda’s poller. Each is killed at a random moment and replaced, until
 * `calm` is called.
 */
export function startExporterPool({ sqs, queueUrl, random, size, processOptions, onKilled }: PoolOptions) {
  const counts: PoolCounts = { kills: 0, killsAtWork: 0, invocations: 0, failedMessages: 0 };
  const living = new Set<ExporterProcess>();
  let startTime = firstGuess;
  let calm = false;
  let stopped = false;
  const workers = Array.from({ length: size }, work);

  async function work(): Promise<void> {
    while (!stopped) {
      const begun = performance.now();
      const exporter = await startExporterProcess(processOptions());
      startTime += (performance.now() - begun - startTime) / 5;
      living.add(exporter);
      const death = setTimeout(() => calm || kill(exporter), startTime * meanLife * exponential(random));
      try {
        while (exporter.alive && !stopped) await workOnce(exporter);
        if (stopped) exporter.kill();
        await exporter.gone;
      } finally {
        clearTimeout(death);
        living.delete(exporter);
      }
    }
  }

  async function workOnce(exporter: ExporterProcess): Promise<void> {
    const { Messages: [message] = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 1,
        VisibilityTimeout: calm ? 60 : visibilitySeconds,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (message === undefined) {
      await pause(50);
      return;
    }
    counts.invocations++;
    const timeout = calm || random.next() < 0.7 ? wholeTime : random.pick(shortTimes);
    // A random kill rarely hits a short invocation, so some invocations get one of their own.
    const death = random.next() < deathsAtWork && setTimeout(() => calm || kill(exporter), random.below(100));
    const answer = await exporter.invoke({ event: { Records: [recordOf(message)] }, timeout });
    if (death) clearTimeout(death);
    if (answer === 'killed') return onKilled(String(JSON.parse(message.Body ?? '{}').accountId));
    const done = 'result' in answer && (answer.result as SQSBatchResponse).batchItemFailures.length === 0;
    if (!done) counts.failedMessages++;
    const ReceiptHandle = message.ReceiptHandle;
    await unlessHandedOn(
      done
        ? sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }))
        : // The exporter asks for half a minute and more, which nobody wants to watch.
          sqs.send(
            new ChangeMessageVisibilityCommand({
              QueueUrl: queueUrl,
              ReceiptHandle,
              VisibilityTimeout: random.below(3),
            }),
          ),
    );
  }

  function kill(exporter: ExporterProcess): void {
    if (!exporter.alive) return;
    counts.kills++;
    if (exporter.kill()) counts.killsAtWork++;
  }

  return {
    counts,
    /** Kills every process that is working. */
    strike(): void {
      if (!calm) for (const exporter of living) kill(exporter);
    },
    calm(): void {
      calm = true;
    },
    async stop(): Promise<void> {
      stopped = true;
      await Promise.all(workers);
    },
  };
}

/** A message whose visibility timeout is over belongs to the process that received it next. */
async function unlessHandedOn(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (thrown) {
    if (!(thrown instanceof MessageNotInflight || thrown instanceof ReceiptHandleIsInvalid)) throw thrown;
  }
}

/** Exponentially distributed with mean 1: mostly less, sometimes much more. */
function exponential(random: Random): number {
  return -Math.log(1 - random.next());
}

function recordOf({ MessageId = '', ReceiptHandle = '', Body = '', Attributes }: Message) {
  const { ApproximateReceiveCount = '1' } = Attributes ?? {};
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: { ApproximateReceiveCount },
  };
}
