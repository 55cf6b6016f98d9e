import type { Writable } from 'node:stream';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { Instant } from '../../lambdas/domain/instant.ts';
import { variables } from '../../lambdas/environment.ts';
import { startWorld } from '../tour/world.ts';
import { startGateway } from './gateway.ts';
import { Metrics, metricsIn } from './metrics.ts';

const minute = 60_000;
/**
 * The time limit of an exporter that would wait for read capacity or a cloud, in milliseconds. It ends after 2
 * seconds, because 15 are reserved for cleaning up.
 */
const impatience = 17_000;

const throttled = {
  status: 400,
  body: JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded',
  }),
};
const unavailable = {
  status: 503,
  body: JSON.stringify({
    error: { code: 503, message: 'Backend Error', errors: [{ reason: 'backendError' }] },
  }),
};

export type RehearsalStage = Awaited<ReturnType<typeof startStage>>;

/**
 * A local stage whose audit log can throttle and whose Google Cloud Storage can fail, with the metrics that
 * CloudWatch would have.
 */
export async function startStage(stateFile: string, log: Writable) {
  const metrics = new Metrics();
  let isTroubled = false;
  const gateways: Awaited<ReturnType<typeof startGateway>>[] = [];
  const world = await startWorld({
    stateFile,
    log: metricsIn(metrics, log),
    ownTime: true,
    exporterTimeout: () => (isTroubled ? impatience : undefined),
    async onTheWay(environment) {
      const through = async (name: string) => {
        const gateway = await startGateway(environment[name] ?? '');
        gateways.push(gateway);
        return [name, gateway] as const;
      };
      const ways = [await through('AWS_ENDPOINT_URL_DYNAMODB'), await through(variables.localGcsEndpoint)];
      return Object.fromEntries(ways.map(([name, { endpoint }]) => [name, endpoint]));
    },
  });
  const { sqs } = world.aws;
  const { url, deadLetterUrl } = world.resources.exportQueue;
  const auditLog = world.resources.environments.exporter.AUDIT_LOG_TABLE ?? '';

  return {
    world,
    metrics,

    throttle(on: boolean): void {
      isTroubled = on;
      for (const gateway of gateways)
        gateway.refuse = ({ headers }, body) =>
          on && String(headers['x-amz-target']).endsWith('.Query') && body.includes(`"${auditLog}"`)
            ? throttled
            : undefined;
    },

    takeDown(on: boolean): void {
      isTroubled = on;
      for (const gateway of gateways)
        gateway.refuse = ({ headers }) =>
          on && headers['x-amz-target'] === undefined ? unavailable : undefined;
    },

    /** Records the length of the export queue and of both dead-letter queues every five minutes, as CloudWatch does. */
    async sampleQueues(at: Instant): Promise<void> {
      for (const queueUrl of [url, deadLetterUrl, world.resources.triggerDeadLetterUrl]) {
        const { Attributes } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
        );
        const metric = {
          namespace: 'AWS/SQS',
          name: 'ApproximateNumberOfMessagesVisible',
          dimensions: { QueueName: queueUrl.split('/').at(-1) ?? '' },
        };
        for (const later of [0, 5, 10])
          metrics.add(metric, at + later * minute, Number(Attributes?.ApproximateNumberOfMessages));
      }
    },

    /** What `siem-export retry` does. */
    async retry(): Promise<void> {
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: deadLetterUrl, MaxNumberOfMessages: 10 }),
        );
        if (Messages.length === 0) return;
        for (const { Body, ReceiptHandle } of Messages) {
          await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: Body }));
          await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterUrl, ReceiptHandle }));
        }
      }
    },

    async close(): Promise<void> {
      await world.close();
      await Promise.all(gateways.map(gateway => gateway.close()));
    },
  };
}
