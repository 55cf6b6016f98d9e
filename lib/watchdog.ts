import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { sightingPrefix } from '../lambdas/aws/sightings.ts';
import { variables, type WatchdogVariable } from '../lambdas/environment.ts';
import { type Alarms, untilQuietForADay } from './alarms.ts';
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

/**
 * The function that checks every hour, independently of the others, whether accounts are invalid, failing or behind.
 */
export class Watchdog extends Construct {
  /** The role that the resource policy of a vendor's own audit log must allow. */
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
        'Counts the accounts that are invalid, failing, behind, never exported, or have rows that cannot be read',
      code: props.code,
      memory: 512,
      environment,
      logRetention: configuration.logRetentionDays,
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
    this.#watch(props);
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
        // Only the watchdog's own items, not the dispatcher's.
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${sightingPrefix}*`] } },
      }),
    );
    auditLog.allowReadingKeys(role);
    encryptionKey.allowWriting(role, 'dynamodb');
  }

  #watch({ configuration: { stage }, alarms }: WatchdogProps): void {
    const hourly = { period: Duration.hours(1), statistic: 'Maximum' };
    alarms.page('watchdog-silent', {
      meaning:
        'The watchdog has completed no round for two hours: nothing checks whether accounts are behind',
      metric: exportMetric(stage, 'Accounts', { ...hourly, statistic: 'SampleCount' }),
      below: 1,
      periods: 2,
      missingData: 'fault',
    });
    // Without data the state stays unchanged. Each round checks every account, so an alarm lasts from the first round
    // that finds the problem to the first that does not.
    const above = (name: ExportMetricName, threshold = 0) =>
      ({ metric: exportMetric(stage, name, hourly), above: threshold, missingData: 'unchanged' }) as const;
    alarms.page('fleet-in-trouble', {
      meaning: `At least a tenth of the accounts, and three of them, are failing, behind or invalid`,
      ...above('FleetInTrouble'),
    });
    // A separate alarm, because `fleet-in-trouble` is not sent again when more accounts get into trouble.
    alarms.page('fleet-stalled', {
      meaning: 'At least half of the accounts are failing, behind or invalid',
      ...above('FleetInTrouble', 49),
    });
    alarms.ticket('accounts-failing', {
      meaning:
        'Exports of single accounts fail until the customer or an operator acts, or fail again and again',
      ...above('AccountsFailing'),
    });
    alarms.ticket('accounts-behind', {
      meaning: 'Single accounts are behind: a window that ended is not delivered, and no error says why',
      ...above('AccountsBehind'),
    });
    alarms.ticket('further-accounts-in-trouble', {
      meaning: 'More accounts fail or are behind, beside those that a ticket tells of already',
      ...above('FurtherAccountsInTrouble'),
      // The next round finds no new account, which does not mean that the trouble has ended.
      notifiesOfEnd: false,
    });
    alarms.ticket('invalid-accounts', {
      meaning: 'Account records have faults, so their accounts are not exported',
      ...above('InvalidAccounts'),
    });
    alarms.ticket('accounts-never-exported', {
      meaning: 'The first file of active accounts since they were added or resumed is overdue',
      ...above('AccountsNeverExported'),
    });
    alarms.ticket('unreadable-keys', {
      meaning: 'The newest audit rows of accounts have sort keys of another form than the declared one',
      metric: exportMetric(stage, 'AccountsWithUnreadableKeys', hourly),
      above: 0,
      // In a large fleet each round checks only some accounts.
      ...untilQuietForADay,
    });
  }
}
