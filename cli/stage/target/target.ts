import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { S3Credential } from '../../../lambdas/domain/secret.ts';
import type { ExporterEnvironment } from '../../../lambdas/environment.ts';
import { CommandError } from '../../terminal/command-error.ts';
import type { Announcer } from '../account/account-changes.ts';

/** The stage that commands work on: a deployed stack, or local mode. */
export interface Target {
  /** `stage prod in eu-central-1` */
  readonly title: string;
  /** The beginning of commands for the stage: `npx siem-export --stage prod`. */
  readonly command: string;
  readonly local: boolean;
  /** The region of the stage. */
  readonly region: string;
  /** False if ticks are sent regardless of the clock, so that delivery times do not show the lag. */
  readonly lagKnown: boolean;
  readonly outputs: StackOutputs;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  /** The one announcer for all changes of a command, so that it knows every event that could not be sent. */
  readonly announcer: Announcer;
  /** DynamoDB in another region, for a vendor’s own audit log. */
  dynamodbIn(region: string): DynamoDBClient;
  /** The exporter’s configuration. */
  environment(): Promise<ExporterEnvironment>;
  /** The present time; in local mode the last tick, because nothing happens between ticks. */
  now(): Promise<Instant>;
  /** Credentials of the exporter’s role, which customers’ roles trust; valid for the time of a verification. */
  exporterCredential(): Promise<Omit<S3Credential, 'type'>>;
  /** Processes the queue, if nothing does so automatically; returns the result if it is known. */
  workOffQueue(): Promise<WorkedOff | undefined>;
  close(): void;
}

/** The result of processing the export queue. */
export const workedOff = z.object({ files: z.number(), failures: z.number() });

export type WorkedOff = z.infer<typeof workedOff>;

const outputs = z.object({
  Stage: z.string(),
  AccountsTableName: z.string(),
  AuditLogTableName: z.string(),
  ExportLedgerTableName: z.string(),
  DispatchStateTableName: z.string(),
  EventBusName: z.string(),
  ExportQueueUrl: z.string(),
  ExportDeadLetterQueueUrl: z.string(),
  TriggerDeadLetterQueueUrl: z.string(),
  SecretPrefix: z.string(),
  PageTopicArn: z.string().optional(),
  TicketTopicArn: z.string().optional(),
  EncryptionKeyArn: z.string().optional(),
  ExporterRoleArn: z.string().optional(),
  EgressAddresses: z.string().optional(),
});

export type StackOutputs = z.infer<typeof outputs>;

/** @throws CommandError `unreachable` if the stack is not SIEM export, or is of an earlier release */
export function parseOutputs(values: Readonly<Record<string, string>>, title: string): StackOutputs {
  const parsed = outputs.safeParse(values);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new CommandError(
    'unreachable',
    `The outputs of ${title} do not have ${missing}: deploy this release first`,
  );
}
