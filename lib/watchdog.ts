import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { sightingPrefix } from '../lambdas/aws/sightings.ts';
import { variables, type WatchdogVariable } from '../lambdas/environment.ts';
import type { Alarms } from './alarms.ts';
import type { AuditLog } from './audit-log.ts';
import type { Configuration } from './config.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { type ExportMetricName, exportMetric } from './export-metric.ts';
import { PipelineFunction } from './pipeline-function.ts';
import type { Tables } from './tables.ts';
import { Trigger } from './trigger.ts';

export interface WatchdogProps {
  readonly configuration: Configuration;
  readonly code: Code;
  readonly tables: Tables;
  readonly auditLog: AuditLog;
  readonly encryptionKey: EncryptionKey;
  readonly triggerDeadLetterQueue: Queue;
  readonly alarms: Alarms;
}

/** Every hour, and without trusting the rest: is every account valid, and none behind? */
export class Watchdog extends Construct {
  /** What the resource policy of a vendor's own audit log has to let in. */
  readonly roleArn: string;
  readonly pipelineFunction: PipelineFunction;

  constructor(scope: Construct, id: string, props: WatchdogProps) {
    super(scope, id);
    const { configuration, tables, auditLog } = props;
    const environment = {
      [variables.stage]: configuration.stage,
      [variables.accountsTable]: tables.accounts.tableName,
      [variables.dispatchStateTable]: tables.dispatchState.tableName,
      [variables.ledgerTable]: tables.exportLedger.tableName,
      ...auditLog.environment,
      [variables.settleSeconds]: String(configuration.settleMinutes * 60),
    } satisfies Record<WatchdogVariable, string>;
    const watchdog = new PipelineFunction(this, 'Watchdog', {
      stage: configuration.stage,
      name: 'watchdog',
      description:
        'Counts the accounts that are invalid, behind, never exported, or have rows that cannot be read',
      code: props.code,
      memory: 512,
      environment,
      logRetention: configuration.logRetentionDays,
      alarms: props.alarms,
    });
    this.pipelineFunction = watchdog;
    this.roleArn = watchdog.role.roleArn;
    this.#grant(watchdog, props);
    new Trigger(this, 'Hourly', {
      stage: configuration.stage,
      name: 'watch',
      description: 'SIEM export: is any account behind?',
      function: watchdog.function,
      deadLetterQueue: props.triggerDeadLetterQueue,
    });
    this.#watch(watchdog, props);
  }

  #grant({ role }: PipelineFunction, { tables, auditLog, encryptionKey }: WatchdogProps): void {
    role.addToPolicy(
      new PolicyStatement({ actions: ['dynamodb:Scan'], resources: [tables.accounts.tableArn] }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:BatchGetItem'],
        resources: [tables.exportLedger.tableArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
        resources: [tables.dispatchState.tableArn],
        // Its own items, never the dispatcher's.
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${sightingPrefix}*`] } },
      }),
    );
    auditLog.allowReadingKeys(role);
    encryptionKey.allowWriting(role, 'dynamodb');
  }

  #watch(watchdog: PipelineFunction, { configuration: { stage }, alarms }: WatchdogProps): void {
    alarms.critical('watchdog-silent', {
      meaning: 'The watchdog has not run for two hours: nobody looks whether accounts are behind',
      metric: watchdog.function.metricInvocations({ period: Duration.hours(1), statistic: 'Sum' }),
      below: 1,
      periods: 2,
      missingData: 'fault',
    });
    const found = (name: ExportMetricName) =>
      exportMetric(stage, name, { period: Duration.hours(1), statistic: 'Maximum' });
    alarms.critical('accounts-behind', {
      meaning: 'Accounts are behind: a window that ended is not delivered',
      metric: found('AccountsBehind'),
      above: 0,
      missingData: 'unchanged',
    });
    alarms.warning('accounts-never-exported', {
      meaning: 'Active accounts have waited longer than their first file may take, and were never exported',
      metric: found('AccountsNeverExported'),
      above: 0,
      missingData: 'unchanged',
    });
    alarms.critical('invalid-accounts', {
      meaning: 'Account records have faults, so their accounts are not exported',
      metric: found('InvalidAccounts'),
      above: 0,
      missingData: 'unchanged',
    });
  }
}
