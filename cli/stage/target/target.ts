import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { S3Credential } from '../../../lambdas/domain/secret.ts';
import type { ExporterEnvironment } from '../../../lambdas/environment.ts';
import { CommandError } from '../../terminal/command-error.ts';
import type { Announcer } from '../account/account-changes.ts';

/** A stage of SIEM export that the commands work on: the deployed stack, or local mode. */
export interface Target {
  /** `stage prod in eu-central-1` */
  readonly title: string;
  /** What commands for it begin with, as it is typed: `npx siem-export --stage prod`. */
  readonly command: string;
  readonly local: boolean;
  /** The stage's region, which is the exporter's. */
  readonly region: string;
  /** False where ticks do not come at their own time, so that files seem to be delivered long before or after. */
  readonly lagKnown: boolean;
  readonly outputs: StackOutputs;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  /** One for all that is done to the stage, so that it knows of every event that could not be sent. */
  readonly announcer: Announcer;
  /** DynamoDB of another region, for a vendor's own table of audit rows. */
  dynamodbIn(region: string): DynamoDBClient;
  /** What the exporter runs with. */
  environment(): Promise<ExporterEnvironment>;
  /** The present; in local mode the last tick, because nothing happens there between ticks. */
  now(): Promise<Instant>;
  /** The identity that customers' roles trust, for as long as it takes to verify one. */
  exporterCredential(): Promise<Omit<S3Credential, 'type'>>;
  /** Has what is queued worked on where nothing does so by itself; what came of it, if that is known then. */
  workOffQueue(): Promise<WorkedOff | undefined>;
  close(): void;
}

/** What exporters made of the messages of the export queue. */
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

/** @throws CommandError `unreachable` if it is a stack of another kind or of an earlier release */
export function parseOutputs(values: Readonly<Record<string, string>>, title: string): StackOutputs {
  const parsed = outputs.safeParse(values);
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new CommandError('unreachable', `The outputs of ${title} lack ${missing}: deploy this release first`);
}
