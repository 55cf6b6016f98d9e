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
  /** Told of an account whose exporter was killed at work. */
  onKilled(accountId: string): Promise<void>;
  /** How many processes live at once. */
  readonly size: number;
  /** How a process is started; its environment may differ from one to the next. */
  processOptions(): ExporterProcessOptions;
}

export interface PoolCounts {
  /** Processes ended by SIGKILL, and how many of them were at work. */
  kills: number;
  killsAtWork: number;
  invocations: number;
  failedMessages: number;
}

/** Short, so that what a killed process held comes again soon, and sometimes while another still works on it. */
const visibilitySeconds = 2;
/** Of a process, in times that one takes to start: as many kills as the machine can bear, and work gets done all the same. */
const meanLife = 3;
const firstGuess = 400;
/** The share of invocations that are killed at one of their first moments, in which a small export has all its steps. */
const deathsAtWork = 0.1;
const wholeTime = 900_000;
/** Less than the exporter wants for a further file; and little more than it keeps for cleaning up. */
const shortTimes = [300_200, 15_300] as const;

/**
 * Processes that take messages from the queue as Lambda's poller hands them out, each killed at a random moment and
 * replaced, until `calm`; from then on they live.
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
    // A short invocation is seldom met by a process's own death, so some have one of theirs.
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
    /** Kills whoever is at work just now. */
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

/** A message that was out for too long belongs to whoever got it next. */
async function unlessHandedOn(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (thrown) {
    if (!(thrown instanceof MessageNotInflight || thrown instanceof ReceiptHandleIsInvalid)) throw thrown;
  }
}

/** 1 on average, most of them less and some much more. */
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
