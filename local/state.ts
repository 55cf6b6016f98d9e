import { writeFile } from 'node:fs/promises';
import type { LocalState } from '../cli/stage/target/state-file.ts';
import type { AwsServers } from './aws-servers.ts';
import type { Resources } from './resources.ts';

export interface RunningCloud {
  readonly aws: Pick<AwsServers, 'environment'>;
  readonly resources: Pick<Resources, 'environments' | 'exportQueue' | 'triggerDeadLetterUrl'>;
  /** Environment variables that direct the exporter to the local servers instead of the clouds. */
  readonly clouds: Readonly<Record<string, string>>;
  readonly clockAhead: number;
  readonly ticksInARow?: boolean;
  readonly control?: string;
}

/** A running local mode as the command line needs it, with the names of the deployed stack’s outputs. */
export function stateOf({
  aws,
  resources,
  clouds,
  clockAhead,
  ticksInARow = false,
  control,
}: RunningCloud): LocalState {
  const { exporter, dispatcher } = resources.environments;
  const of = (variables: Readonly<Record<string, string>>, name: string) => variables[name] ?? '';
  return {
    pid: process.pid,
    clockAhead,
    ticksInARow,
    ...(control !== undefined && { control }),
    aws: {
      AWS_REGION: of(aws.environment, 'AWS_REGION'),
      AWS_ACCESS_KEY_ID: of(aws.environment, 'AWS_ACCESS_KEY_ID'),
      AWS_SECRET_ACCESS_KEY: of(aws.environment, 'AWS_SECRET_ACCESS_KEY'),
      AWS_ENDPOINT_URL_DYNAMODB: of(aws.environment, 'AWS_ENDPOINT_URL_DYNAMODB'),
      AWS_ENDPOINT_URL_SQS: of(aws.environment, 'AWS_ENDPOINT_URL_SQS'),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: of(aws.environment, 'AWS_ENDPOINT_URL_SECRETS_MANAGER'),
      AWS_ENDPOINT_URL_EVENTBRIDGE: of(aws.environment, 'AWS_ENDPOINT_URL_EVENTBRIDGE'),
    },
    outputs: {
      Stage: of(exporter, 'STAGE'),
      AccountsTableName: of(exporter, 'ACCOUNTS_TABLE'),
      AuditLogTableName: of(exporter, 'AUDIT_LOG_TABLE'),
      ExportLedgerTableName: of(exporter, 'LEDGER_TABLE'),
      DispatchStateTableName: of(dispatcher, 'DISPATCH_STATE_TABLE'),
      EventBusName: of(exporter, 'EVENT_BUS_NAME'),
      ExportQueueUrl: resources.exportQueue.url,
      ExportDeadLetterQueueUrl: resources.exportQueue.deadLetterUrl,
      TriggerDeadLetterQueueUrl: resources.triggerDeadLetterUrl,
      SecretPrefix: of(exporter, 'SECRET_PREFIX'),
      ExporterRoleArn: 'arn:aws:iam::000000000000:role/siem-export-local-exporter-us-east-1',
    },
    exporter: { ...exporter, ...clouds },
  };
}

export async function writeState(path: string, state: LocalState): Promise<void> {
  await writeFile(path, JSON.stringify(state, null, 2));
}
