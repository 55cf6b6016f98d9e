import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { ArnPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { silencesName } from '../lambdas/aws/silences.ts';
import { type ExporterVariable, variables } from '../lambdas/environment.ts';
import packageFile from '../package.json' with { type: 'json' };
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import { type Alarms, untilQuietForADay } from './alarms.ts';
import type { AuditLog } from './audit-log.ts';
import type { Configuration } from './config.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { type ExportMetricName, exportMetric } from './export-metric.ts';
import type { ExportQueue } from './export-queue.ts';
import type { Network } from './network.ts';
import { operatorSession } from './operator-session.ts';
import { functionTimeout, PipelineFunction } from './pipeline-function.ts';
import { exporterMemory, exporterRuntimeEnvironment } from './runtime-environment.ts';
import type { Tables } from './tables.ts';

export interface ExporterProps {
  readonly configuration: Configuration;
  readonly code: Code;
  readonly tables: Tables;
  readonly auditLog: AuditLog;
  readonly encryptionKey: EncryptionKey;
  readonly exportQueue: ExportQueue;
  readonly eventBus: EventBus;
  readonly alarms: Alarms;
  readonly network: Network | undefined;
}

/** The function that exports one account for each message of the export queue. */
export class Exporter extends Construct {
  /** The role that customers' roles must trust. */
  readonly roleArn: string;
  readonly pipelineFunction: PipelineFunction;

  constructor(scope: Construct, id: string, props: ExporterProps) {
    super(scope, id);
    const { configuration } = props;
    const exporter = new PipelineFunction(this, 'Exporter', {
      stage: configuration.stage,
      name: 'exporter',
      description: 'Delivers the windows that an account is owed into its bucket',
      code: props.code,
      memory: exporterMemory,
      // An invocation sends a message to its own queue for the work that it does not finish.
      continuesItself: true,
      environment: exporterEnvironment(props),
      logRetention: configuration.logRetentionDays,
      network: props.network,
      keepsRole: true,
    });
    this.pipelineFunction = exporter;
    exporter.function.addEventSourceMapping('Exports', {
      eventSourceArn: props.exportQueue.queue.queueArn,
      // One account for each invocation, so that a slow bucket does not delay other accounts.
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: configuration.maxConcurrency,
    });
    this.roleArn = exporter.role.roleArn;
    this.#grantPipeline(exporter, props);
    this.#grantCredentials(exporter, props);
    this.#allowOperators(exporter, configuration.operators ?? []);
    this.#watch(exporter, props);
  }

  #grantPipeline({ role }: PipelineFunction, props: ExporterProps): void {
    const { configuration, tables, auditLog, exportQueue, eventBus, encryptionKey } = props;
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(['dynamodb:BatchGetItem'], tables.accounts.tableArn);
    allow(
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      tables.exportLedger.tableArn,
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
        resources: [tables.dispatchState.tableArn],
        // Only the item about silent clouds, not those of dispatcher and watchdog.
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [silencesName] } },
      }),
    );
    auditLog.allowReading(role);
    if (configuration.recountAfterHours !== undefined)
      allow(['dynamodb:Query'], tables.exportLedger.tableArn);
    allow(
      [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
        'sqs:SendMessage',
      ],
      exportQueue.queue.queueArn,
    );
    allow(['events:PutEvents'], eventBus.eventBusArn);
    encryptionKey.allowWriting(role, 'dynamodb', 'sqs');
    encryptionKey.allowReading(role, 'secretsmanager');
  }

  #grantCredentials({ role }: PipelineFunction, { configuration }: ExporterProps): void {
    const stack = Stack.of(this);
    const secrets = `arn:${stack.partition}:secretsmanager:${stack.region}:${stack.account}:secret:${configuration.secretPrefix}*`;
    const roles = configuration.assumableRoles ?? [`arn:${stack.partition}:iam::*:role/*`];
    role.addToPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secrets] }),
    );
    // Without a condition on the external id: the exporter tests whether a role can be assumed without one.
    role.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: roles }));
    const ownRoles = `arn:${stack.partition}:iam::${stack.account}:role/*`;
    if (configuration.assumableRoles === undefined)
      // Otherwise an account record could name a role of this AWS account that trusts the whole account.
      role.addToPolicy(
        new PolicyStatement({ effect: Effect.DENY, actions: ['sts:AssumeRole'], resources: [ownRoles] }),
      );
    acknowledgeWildcards(role, {
      [secrets]:
        'Each customer has a secret; all are under the stage’s own prefix, and operators add them at any time.',
      ...Object.fromEntries(
        roles
          .filter(arn => Token.isUnresolved(arn) || arn.includes('*'))
          .map(arn => [
            arn,
            'The roles belong to customers, who choose accounts and names; each role’s own trust policy decides.',
          ]),
      ),
      [ownRoles]: 'It denies.',
    });
  }

  /**
   * Lets operators assume the exporter's role to test customers' roles, which trust only the exporter's role. Such a
   * session may only assume customers' roles. It can neither read secrets nor write the ledger.
   */
  #allowOperators({ role }: PipelineFunction, operators: readonly string[]): void {
    if (operators.length === 0) return;
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({
        sid: 'OperatorsVerifyRoles',
        actions: ['sts:AssumeRole'],
        principals: operators.map(arn => new ArnPrincipal(arn)),
        conditions: { StringEquals: { 'sts:RoleSessionName': operatorSession } },
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        notActions: ['sts:AssumeRole'],
        resources: ['*'],
        // The format is the role's id, a colon and the session's name.
        conditions: { StringLike: { 'aws:userid': `*:${operatorSession}` } },
      }),
    );
    acknowledgeWildcards(role, { '*': 'It denies.' });
  }

  #watch(exporter: PipelineFunction, { configuration, alarms }: ExporterProps): void {
    const { stage, recountAfterHours } = configuration;
    const { function: lambda } = exporter;
    const quarterHourly = { period: Duration.minutes(15), statistic: 'Sum' };
    const hourly = { period: Duration.hours(1), statistic: 'Sum' };
    alarms.page('exporter-errors', {
      meaning:
        'The exporter failed in three of the last four quarters of an hour: it ran out of time or memory, or did not start',
      metric: lambda.metricErrors(quarterHourly),
      above: 0,
      periods: 4,
      atFault: 3,
    });
    alarms.ticket('exporter-throttled', {
      meaning: 'AWS refused to start exporters: the concurrency of the AWS account is used up',
      metric: lambda.metricThrottles(hourly),
      above: 0,
      ...untilQuietForADay,
    });
    alarms.ticket('exporter-slow', {
      meaning: 'An export used nearly all of its 15 minutes instead of putting the rest back into the queue',
      metric: lambda.metricDuration({ ...hourly, statistic: 'Maximum' }),
      above: functionTimeout.toMilliseconds() * 0.98,
      ...untilQuietForADay,
    });
    const counted = (name: ExportMetricName) =>
      ({ metric: exportMetric(stage, name, hourly), above: 0, ...untilQuietForADay }) as const;
    alarms.ticket('malformed-rows', {
      meaning:
        'Audit rows had fields missing or of another kind; they were delivered as well as they could be',
      ...counted('MalformedRows'),
    });
    alarms.ticket('files-lacking-fields', {
      meaning: 'Files were delivered in which no row has a certain field',
      ...counted('FilesLackingFields'),
    });
    if (recountAfterHours !== undefined)
      alarms.ticket('rows-recorded-late', {
        meaning: 'Audit rows were recorded after their window was read, so they are in no file',
        ...counted('RowsRecordedLate'),
      });
  }
}

function exporterEnvironment(props: ExporterProps): Record<string, string> {
  const { configuration, tables, auditLog, exportQueue, eventBus } = props;
  const { recountAfterHours } = configuration;
  return {
    ...exporterRuntimeEnvironment,
    [variables.stage]: configuration.stage,
    [variables.accountsTable]: tables.accounts.tableName,
    [variables.ledgerTable]: tables.exportLedger.tableName,
    [variables.dispatchStateTable]: tables.dispatchState.tableName,
    ...auditLog.environment,
    [variables.exportQueueUrl]: exportQueue.queue.queueUrl,
    [variables.eventBusName]: eventBus.eventBusName,
    [variables.secretPrefix]: configuration.secretPrefix,
    [variables.settleSeconds]: String(configuration.settleMinutes * 60),
    ...(recountAfterHours !== undefined && {
      [variables.recountAfterSeconds]: String(recountAfterHours * 3600),
    }),
    [variables.partBytes]: String(configuration.partBytes),
    [variables.writerVersion]: packageFile.version,
    [variables.ocsf]: JSON.stringify(configuration.ocsf),
  } satisfies Record<ExporterVariable, string>;
}
