import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { encodeMessage } from '../../lambdas/domain/export-message.ts';
import { variables } from '../../lambdas/environment.ts';
import type { FunctionName } from '../../lib/build-functions.ts';
import { startAwsServers } from '../../local/aws-servers.ts';
import { startCloudServers } from '../../local/cloud-servers.ts';
import { functionEnvironment } from '../../local/functions/environment.ts';
import {
  type LambdaFunction,
  type LambdaFunctionOptions,
  startFunction,
} from '../../local/functions/lambda-function.ts';
import { createResources } from '../../local/resources.ts';
import { emptyQueue, scheduledEvent } from '../../local/run-ticks.ts';
import { synthesizeTemplate } from '../../local/template.ts';
import { startFaultProxy } from '../contract/fault-proxy.ts';
import { createEvidence, destinations } from './evidence.ts';
import { createOperator } from './operator.ts';

type FunctionStarter = (
  name: FunctionName,
  options: Omit<LambdaFunctionOptions, 'module'>,
) => Promise<LambdaFunction>;

/** Differences of an exporter from the stack’s. */
interface ExporterVariant {
  readonly environment?: Readonly<Record<string, string>>;
  /** The time limit of an invocation in milliseconds. */
  readonly timeout?: number;
}

export type TestPipeline = Awaited<ReturnType<typeof startPipeline>>;

/**
 * The pipeline on this machine: tables and queues of the template, the real handlers, and each cloud behind a proxy
 * that can inject faults.
 */
export async function startPipeline({ start = startFromSource }: { start?: FunctionStarter } = {}) {
  const aws = await startAwsServers();
  const customers = await startCloudServers(Object.values(destinations));
  const resources = await createResources(synthesizeTemplate(), aws);
  const proxies = {
    s3: await startFaultProxy(customers.s3.endpoint),
    gcs: await startFaultProxy(customers.gcs.endpoint),
    azure: await startFaultProxy(customers.azure.endpoint),
  };
  const output: string[] = [];
  // Receives both outputs of every function.
  const log = new Writable({
    write(chunk, _encoding, done) {
      output.push(String(chunk));
      done();
    },
  });
  log.setMaxListeners(100);
  const variants: LambdaFunction[] = [];
  const throughProxies = {
    ...customers.environment,
    [variables.localS3Endpoint]: proxies.s3.endpoint,
    [variables.localGcsEndpoint]: proxies.gcs.endpoint,
    [variables.localAzureEndpoint]: proxies.azure.endpoint,
  };
  const { exporter: own } = resources.environments;

  async function startOne(
    name: FunctionName,
    environment: Readonly<Record<string, string>>,
    timeout = resources.exporterTimeout,
  ): Promise<LambdaFunction> {
    return start(name, {
      functionName: `siem-export-local-${name}`,
      timeout,
      environment: functionEnvironment(environment, aws.environment),
      log,
    });
  }
  const startExporter = ({ environment = {}, timeout }: ExporterVariant = {}) =>
    startOne('exporter', { ...own, ...throughProxies, ...environment }, timeout);

  const [dispatcher, exporter, watchdog] = await Promise.all([
    startOne('dispatcher', resources.environments.dispatcher),
    startExporter(),
    startOne('watchdog', resources.environments.watchdog),
  ]);

  const queue = resources.exportQueue;
  const operator = createOperator({ aws, customers, environment: own });

  /** Passes every visible message to the exporter. */
  const drain = (by: LambdaFunction = exporter) =>
    emptyQueue({
      dispatcher,
      exporter: by,
      sqs: aws.sqs,
      queue,
      onTick: () => undefined,
      onError(error) {
        throw error;
      },
    });

  /** The output of the functions so far. */
  async function printed(): Promise<string> {
    // The output of a thread or process arrives shortly after its answer.
    await pause(50);
    return output.join('');
  }

  async function forgetTicks(): Promise<void> {
    await aws.dynamodb.send(
      new DeleteItemCommand({
        TableName: resources.environments.dispatcher.DISPATCH_STATE_TABLE,
        Key: { name: { S: 'dispatcher' } },
      }),
    );
  }

  return {
    aws,
    customers,
    proxies,
    watchdog,
    exporter,
    /** Starts another exporter besides the stack’s, until `forget`. */
    async startVariant(variant: ExporterVariant = {}): Promise<LambdaFunction> {
      const started = await startExporter(variant);
      variants.push(started);
      return started;
    },
    drain,
    ...operator,
    ...createEvidence({ aws, customers, ledgerTable: own.LEDGER_TABLE ?? '' }),

    /**
     * Sends one tick to the dispatcher, and its messages to the exporter. As if all earlier ticks had been sent:
     * otherwise the dispatcher would cover the missed hours and query every time zone.
     */
    async tick(time: string, by: LambdaFunction = exporter): Promise<void> {
      await forgetTicks();
      await dispatcher.invoke(scheduledEvent(Date.parse(time)));
      await drain(by);
    },
    /** Sends one tick to the dispatcher only, which also covers the ticks since the one before. */
    dispatch: (time: string) => dispatcher.invoke(scheduledEvent(Date.parse(time))),
    sendMessage: (accountId: string, tick: string) =>
      aws.sqs.send(
        new SendMessageCommand({
          QueueUrl: queue.url,
          MessageBody: encodeMessage({ accountId, tick: Date.parse(tick) }),
        }),
      ),
    sendText: (MessageBody: string) =>
      aws.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody })),
    async deadLetters(): Promise<string[]> {
      const { Messages = [] } = await aws.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue.deadLetterUrl, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body = '' }) => Body);
    },
    /** The exporter, with failed messages visible again at once instead of after 30 seconds. */
    withoutWaiting: (by: LambdaFunction = exporter): LambdaFunction => ({
      ...by,
      async invoke(event) {
        const answer = (await by.invoke(event)) as SQSBatchResponse;
        const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const { messageId, receiptHandle } of (event as SQSEvent).Records)
          if (failed.has(messageId))
            await aws.sqs.send(
              new ChangeMessageVisibilityCommand({
                QueueUrl: queue.url,
                ReceiptHandle: receiptHandle,
                VisibilityTimeout: 0,
              }),
            );
        return answer;
      },
    }),
    /** The functions’ structured logs so far, including metrics. */
    async logLines(): Promise<Record<string, unknown>[]> {
      const lines = (await printed()).split('\n').filter(line => line.startsWith('{'));
      return lines.map(line => JSON.parse(line) as Record<string, unknown>);
    },
    /** Everything that others than the customer can read: logs, events, ledger. */
    async evidence(): Promise<string> {
      const { Items } = await aws.dynamodb.send(new ScanCommand({ TableName: own.LEDGER_TABLE }));
      return [await printed(), JSON.stringify(aws.events.events), JSON.stringify(Items)].join('\n');
    },
    /** Messages in the export queue, visible or not. */
    async messagesLeft(): Promise<number> {
      const { Attributes = {} } = await aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['All'] }),
      );
      const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
      return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
    },
    /** Removes what a test created, so that the next one starts with its own accounts and ticks. */
    async forget(): Promise<void> {
      for (const proxy of Object.values(proxies)) proxy.onRequest = () => ({ kind: 'pass' });
      await operator.deleteAccounts();
      await forgetTicks();
      await Promise.all(variants.splice(0).map(variant => variant.close()));
    },
    async close(): Promise<void> {
      await Promise.all([dispatcher, exporter, watchdog, ...variants].map(started => started.close()));
      await Promise.all(Object.values(proxies).map(proxy => proxy.close()));
      await Promise.all([customers.close(), aws.close()]);
    },
  };
}

const startFromSource: FunctionStarter = (name, options) =>
  startFunction({
    ...options,
    module: new URL(`../../lambdas/${name}/handler.ts`, import.meta.url).href,
  });
