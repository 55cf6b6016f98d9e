import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createTable } from './create-table.ts';
import { type Resolve, type Resource, resolved, resourcesOf, type Template } from './template.ts';

export type FunctionName = 'dispatcher' | 'exporter' | 'watchdog';
type Properties = Resource['Properties'];

/** The resources of the template, created on the local servers. */
export interface Resources {
  /** Each function’s variables, with the values that CloudFormation would set. */
  readonly environments: Readonly<Record<FunctionName, Readonly<Record<string, string>>>>;
  readonly exportQueue: {
    readonly url: string;
    readonly deadLetterUrl: string;
    /** Maximum number of messages in one invocation. */
    readonly batchSize: number;
  };
  /** The dead-letter queue of the triggers. Only AWS puts messages there, but the command line reads it. */
  readonly triggerDeadLetterUrl: string;
  /** The time limit of the exporter in milliseconds. */
  readonly exporterTimeout: number;
  /** The minutes of every hour at which the dispatcher is triggered, in order. */
  readonly tickMinutes: readonly number[];
}

interface Queue {
  readonly url: string;
  readonly arn: string;
}

/** Creates the tables and queues of the template, and reads the configuration of the functions from it. */
export async function createResources(
  template: Template,
  { dynamodb, sqs }: { dynamodb: DynamoDBClient; sqs: SQSClient },
): Promise<Resources> {
  const tables = resourcesOf(template, 'AWS::DynamoDB::Table');
  for (const properties of tables.values()) await createTable(dynamodb, tableOf(properties));
  const queues = await createQueues(sqs, resourcesOf(template, 'AWS::SQS::Queue'));

  const resolve: Resolve = (logicalId, attribute) => {
    const queue = queues.get(logicalId);
    if (queue !== undefined) return attribute === undefined ? queue.url : queue.arn;
    const { TableName, FunctionName, Name } = template.Resources[logicalId]?.Properties ?? {};
    const name = TableName ?? FunctionName ?? Name;
    if (typeof name === 'string') return name;
    throw new TypeError(`The template refers to ${logicalId}, which has no name`);
  };
  const functions = resourcesOf(template, 'AWS::Lambda::Function');
  const exporter = findFunction(functions, 'exporter');
  const dispatcher = findFunction(functions, 'dispatcher');
  const [mapping] = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').values();
  const exportQueue = [...queues.values()].find(
    ({ arn }) => arn === resolved(mapping?.EventSourceArn, resolve),
  );
  return {
    environments: {
      dispatcher: environmentOf(dispatcher.properties, resolve),
      exporter: environmentOf(exporter.properties, resolve),
      watchdog: environmentOf(findFunction(functions, 'watchdog').properties, resolve),
    },
    exportQueue: {
      url: exportQueue?.url ?? '',
      deadLetterUrl: deadLetterUrl(template, queues, exportQueue),
      batchSize: Number(mapping?.BatchSize),
    },
    triggerDeadLetterUrl: triggerDeadLetterUrl(template, queues),
    exporterTimeout: Number(exporter.properties.Timeout) * 1000,
    tickMinutes: minutesOf(resourcesOf(template, 'AWS::Events::Rule'), dispatcher.logicalId),
  };
}

function tableOf(properties: Properties): CreateTableCommandInput {
  const { TableName, AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes } = properties;
  const input = { TableName, AttributeDefinitions, KeySchema, BillingMode, GlobalSecondaryIndexes };
  return input as CreateTableCommandInput;
}

/** Creates dead-letter queues first, because the others refer to them. */
async function createQueues(client: SQSClient, queues: ReadonlyMap<string, Properties>) {
  const created = new Map<string, Queue>();
  const arnOf: Resolve = logicalId => created.get(logicalId)?.arn ?? '';
  const deadLettersFirst = [...queues].sort(([, a], [, b]) => redriveRank(a) - redriveRank(b));
  for (const [logicalId, properties] of deadLettersFirst) {
    const { QueueName, VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = properties;
    const attributes = {
      VisibilityTimeout,
      MessageRetentionPeriod,
      RedrivePolicy: RedrivePolicy && JSON.stringify(resolved(RedrivePolicy, arnOf)),
    };
    const { QueueUrl = '' } = await client.send(
      new CreateQueueCommand({
        QueueName: String(QueueName),
        Attributes: Object.fromEntries(
          Object.entries(attributes).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, String(value)]],
          ),
        ),
      }),
    );
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    created.set(logicalId, { url: QueueUrl, arn: Attributes?.QueueArn ?? '' });
  }
  return created;
}

function redriveRank({ RedrivePolicy }: Properties): number {
  return RedrivePolicy === undefined ? 0 : 1;
}

function deadLetterUrl(
  template: Template,
  queues: ReadonlyMap<string, Queue>,
  queue: Queue | undefined,
): string {
  for (const [logicalId, { url }] of queues) {
    if (url !== queue?.url) continue;
    const { RedrivePolicy } = template.Resources[logicalId]?.Properties ?? {};
    const target = (
      RedrivePolicy as { deadLetterTargetArn?: { 'Fn::GetAtt'?: [string, string] } } | undefined
    )?.deadLetterTargetArn?.['Fn::GetAtt']?.[0];
    const found = queues.get(target ?? '');
    if (found !== undefined) return found.url;
  }
  throw new TypeError('The template has no export queue with a dead-letter queue');
}

/** The queue to which every rule sends events that it could not deliver. */
function triggerDeadLetterUrl(template: Template, queues: ReadonlyMap<string, Queue>): string {
  const rules = JSON.stringify([...resourcesOf(template, 'AWS::Events::Rule').values()]);
  for (const [logicalId, { url }] of queues) if (rules.includes(`"${logicalId}"`)) return url;
  throw new TypeError('The rules in the template have no dead-letter queue');
}

function findFunction(functions: ReadonlyMap<string, Properties>, name: FunctionName) {
  for (const [logicalId, properties] of functions)
    if (String(properties.FunctionName).endsWith(`-${name}`)) return { logicalId, properties };
  throw new TypeError(`The template has no function ${name}`);
}

function environmentOf({ Environment }: Properties, resolve: Resolve): Record<string, string> {
  return resolved((Environment as { Variables: object }).Variables, resolve) as Record<string, string>;
}

/** The minutes at which a function is triggered; each rule is hourly. */
function minutesOf(rules: ReadonlyMap<string, Properties>, functionId: string): number[] {
  const minutes = [...rules.values()]
    .filter(({ Targets }) => JSON.stringify(Targets).includes(`"${functionId}"`))
    .map(({ ScheduleExpression }) => Number(/^cron\((\d+) /.exec(String(ScheduleExpression))?.[1]));
  if (minutes.length === 0 || minutes.some(Number.isNaN))
    throw new TypeError('The template has no hourly rules that trigger the dispatcher');
  return minutes.sort((a, b) => a - b);
}
