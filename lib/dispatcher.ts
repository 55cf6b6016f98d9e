import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type DispatcherVariable, variables } from '../lambdas/environment.ts';
import type { Alarms } from './alarms.ts';
import type { Configuration } from './config.ts';
import type { EncryptionKey } from './encryption-key.ts';
import { exportMetric } from './export-metric.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { type Tables, timeZoneIndex } from './tables.ts';
import { Trigger } from './trigger.ts';

export interface DispatcherProps {
  readonly configuration: Configuration;
  readonly code: Code;
  readonly tables: Tables;
  readonly encryptionKey: EncryptionKey;
  readonly exportQueue: Queue;
  readonly triggerDeadLetterQueue: Queue;
  readonly alarms: Alarms;
}

/** The function that sends a message for each due account, every 15 minutes. */
export class Dispatcher extends Construct {
  readonly pipelineFunction: PipelineFunction;

  constructor(scope: Construct, id: string, props: DispatcherProps) {
    super(scope, id);
    const { configuration, tables, exportQueue } = props;
    const environment = {
      [variables.stage]: configuration.stage,
      [variables.accountsTable]: tables.accounts.tableName,
      [variables.timeZoneIndex]: timeZoneIndex,
      [variables.dispatchStateTable]: tables.dispatchState.tableName,
      [variables.exportQueueUrl]: exportQueue.queueUrl,
      [variables.settleSeconds]: String(configuration.settleMinutes * 60),
    } satisfies Record<DispatcherVariable, string>;
    const dispatcher = new PipelineFunction(this, 'Dispatcher', {
      stage: configuration.stage,
      name: 'dispatcher',
      description: 'Sends a message for each account whose 4-hour window has ended',
      code: props.code,
      // The processor time that comes with the memory decides: an account takes 26 µs, so the
      // messages of a million accounts are sent within a minute, well before the settle time is
      // over. It uses at most 210 MB (docs/maintainer/performance.md).
      memory: 1024,
      environment,
      logRetention: configuration.logRetentionDays,
    });
    this.pipelineFunction = dispatcher;
    this.#grant(dispatcher, props);
    new Trigger(this, 'Ticks', {
      stage: configuration.stage,
      name: 'tick',
      description: 'SIEM export: which accounts are due?',
      function: dispatcher.function,
      deadLetterQueue: props.triggerDeadLetterQueue,
    });
    props.alarms.page('dispatcher-silent', {
      meaning: 'The dispatcher has completed no tick for half an hour: no account becomes due',
      // Written at the end of each tick, so it is missing if the function fails or does not run.
      metric: exportMetric(configuration.stage, 'DispatchedAccounts', {
        period: Duration.minutes(15),
        statistic: 'SampleCount',
      }),
      below: 1,
      periods: 2,
      missingData: 'fault',
    });
  }

  #grant({ role }: PipelineFunction, { tables, exportQueue, encryptionKey }: DispatcherProps): void {
    role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: [`${tables.accounts.tableArn}/index/${timeZoneIndex}`],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [tables.dispatchState.tableArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [exportQueue.queueArn] }),
    );
    encryptionKey.allowWriting(role, 'dynamodb', 'sqs');
  }
}
