import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createEventBus } from '../../../lambdas/aws/event-bus.ts';
import { printable } from '../../../lambdas/domain/printable.ts';
import { type ExporterEnvironment, readExporterEnvironment } from '../../../lambdas/environment.ts';
import { operatorSession } from '../../../lib/operator-session.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { createAnnouncer } from '../account/account-changes.ts';
import { proxyOf } from './proxy.ts';
import { parseOutputs, type Target } from './target.ts';

export interface AwsAccess {
  /** Default: the environment's, or the profile's. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

export interface StageName extends AwsAccess {
  readonly stage: string;
  /** What commands for it begin with. */
  readonly command: string;
}

/** What every stage calls its stack and its functions. */
export function nameOf(stage: string, part?: 'dispatcher' | 'exporter' | 'watchdog'): string {
  return part === undefined ? `siem-export-${stage}` : `siem-export-${stage}-${part}`;
}

/**
 * The deployed stack of a stage: tables and queues by its outputs, the rest by the exporter's own configuration.
 * @throws CommandError `unreachable` if there is no such stack, or AWS knows no identity by the profile
 */
export async function openDeployedTarget(name: StageName): Promise<Target> {
  try {
    return await openStack(name);
  } catch (thrown) {
    throw name.profile === undefined ? thrown : withProfile(thrown, name.profile);
  }
}

/** Identity and region come from the profile, which the SDK's own messages rarely name. */
function withProfile(thrown: unknown, profile: string): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const by = `by the profile ${JSON.stringify(profile)}, which "aws configure list-profiles" shows if it is there`;
  if (thrown.name === 'CredentialsProviderError')
    return new CommandError(
      'unreachable',
      `AWS does not know who you are, ${by}: ${printable(thrown).message}`,
      {
        cause: thrown,
      },
    );
  if (thrown.message === 'Region is missing')
    return new CommandError(
      'usage',
      `Which AWS region? There is none ${by}: give --region, or set AWS_REGION`,
    );
  return thrown;
}

async function openStack({ stage, command, ...access }: StageName): Promise<Target> {
  const config = sdkConfig(access);
  const dynamodb = new DynamoDBClient(config);
  const region = await dynamodb.config.region();
  const title = `stage ${stage} in ${region}`;
  const outputs = parseOutputs(await readOutputs(nameOf(stage), title, access), title);
  const sqs = new SQSClient(config);
  const secrets = new SecretsManagerClient(config);
  const events = new EventBridgeClient(config);
  const elsewhere: DynamoDBClient[] = [];
  const now = async () => Date.now();
  let environment: Promise<ExporterEnvironment> | undefined;
  return {
    title,
    command,
    local: false,
    region,
    lagKnown: true,
    outputs,
    dynamodb,
    sqs,
    secrets,
    announcer: createAnnouncer({
      put: createEventBus({ client: events, busName: outputs.EventBusName }),
      readCaller: () => readCaller(access),
      now,
    }),
    dynamodbIn(other) {
      const client = new DynamoDBClient({ ...config, region: other });
      elsewhere.push(client);
      return client;
    },
    environment: () => {
      environment ??= readEnvironment(nameOf(stage, 'exporter'), access);
      return environment;
    },
    now,
    workOffQueue: async () => undefined,
    exporterCredential: () => assumeExporterRole(outputs.ExporterRoleArn ?? '', access),
    close() {
      for (const client of [dynamodb, sqs, secrets, events, ...elsewhere]) client.destroy();
    },
  };
}

/**
 * Absent settings are left out: the SDK takes `undefined` for a setting.
 * @throws CommandError `usage` if the environment names a proxy that is none
 */
export function sdkConfig({ region, profile }: AwsAccess) {
  const proxyEnv = proxyOf(process.env);
  return {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(proxyEnv !== undefined && { requestHandler: { httpsAgent: { keepAlive: true, proxyEnv } } }),
  };
}

async function readOutputs(stackName: string, title: string, access: AwsAccess) {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(sdkConfig(access));
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const [stack] = Stacks;
    return Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.name !== 'ValidationError') throw thrown;
    throw new CommandError(
      'unreachable',
      `There is no stack ${stackName} (${title}): check --stage, --region and --profile, or deploy it`,
      { cause: thrown },
    );
  } finally {
    client.destroy();
  }
}

async function readEnvironment(functionName: string, access: AwsAccess): Promise<ExporterEnvironment> {
  const { GetFunctionConfigurationCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient(sdkConfig(access));
  try {
    const { Environment } = await client.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    return readExporterEnvironment(Environment?.Variables ?? {});
  } finally {
    client.destroy();
  }
}

async function readCaller(access: AwsAccess): Promise<string> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient(sdkConfig(access));
  try {
    const { Arn = 'unknown' } = await client.send(new GetCallerIdentityCommand());
    return Arn;
  } finally {
    client.destroy();
  }
}

/** Customers' roles trust the exporter's role and nobody else, so whoever verifies one has to be the exporter. */
async function assumeExporterRole(roleArn: string, access: AwsAccess) {
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient(sdkConfig(access));
  try {
    const { Credentials } = await client.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: operatorSession,
        DurationSeconds: 900,
      }),
    );
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.name !== 'AccessDenied') throw thrown;
    throw new CommandError(
      'unreachable',
      `Your identity may not assume the exporter's role ${roleArn}, which alone the customer's role trusts: ` +
        'put the ARN of your role into the setting "operators" of the stage and deploy it (docs/operator/access.md)',
      { cause: thrown },
    );
  } finally {
    client.destroy();
  }
}
