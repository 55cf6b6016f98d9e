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
  /** By default from the environment or the profile. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

export interface StageName extends AwsAccess {
  readonly stage: string;
  /** The beginning of commands for the stage. */
  readonly command: string;
}

/** The name of a stage’s stack, or of one of its functions. */
export function nameOf(stage: string, part?: 'dispatcher' | 'exporter' | 'watchdog'): string {
  return part === undefined ? `siem-export-${stage}` : `siem-export-${stage}-${part}`;
}

/**
 * Opens a deployed stage: tables and queues from the stack’s outputs, everything else from the exporter’s environment
 * variables.
 * @throws CommandError `unreachable` if there is no such stack, or the profile gives no credentials
 */
export async function openDeployedTarget(name: StageName): Promise<Target> {
  try {
    return await openStack(name);
  } catch (thrown) {
    throw name.profile === undefined ? thrown : withProfile(thrown, name.profile);
  }
}

/** Adds the profile’s name, which the SDK’s messages rarely contain. */
function withProfile(thrown: unknown, profile: string): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const by = `in the profile ${JSON.stringify(profile)} ("aws configure list-profiles" shows all profiles)`;
  if (thrown.name === 'CredentialsProviderError')
    return new CommandError('unreachable', `No AWS credentials ${by}: ${printable(thrown).message}`, {
      cause: thrown,
    });
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
 * Leaves absent settings out: the SDK would treat `undefined` as a value.
 * @throws CommandError `usage` if the proxy variable is not a valid proxy
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

/** Customers’ roles trust only the exporter’s role, so verifying one requires to assume it. */
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
      `You have no permission to assume the exporter's role ${roleArn}, the only one that the customer's role trusts: ` +
        'add the ARN of your role to the setting "operators" of the stage and deploy it (docs/operator/access.md)',
      { cause: thrown },
    );
  } finally {
    client.destroy();
  }
}
