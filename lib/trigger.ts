import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ruleName, type TriggerName, triggerMinutes } from './trigger-rules.ts';

export interface TriggerProps {
  readonly stage: string;
  readonly name: TriggerName;
  readonly description: string;
  readonly function: LambdaFunction;
  /** Receives events that could not be delivered, and events with which the function failed after all retries. */
  readonly deadLetterQueue: Queue;
}

/** Runs a function every hour at several minutes, with one rule for each minute. */
export class Trigger extends Construct {
  constructor(scope: Construct, id: string, props: TriggerProps) {
    super(scope, id);
    // The next tick also does the work of a lost one, so an event that is an hour old need not be retried.
    const retries = { maxEventAge: Duration.hours(1), retryAttempts: 2 };
    props.function.configureAsyncInvoke({ ...retries, onFailure: new SqsDestination(props.deadLetterQueue) });
    for (const minute of triggerMinutes[props.name])
      new Rule(this, `At${String(minute).padStart(2, '0')}`, {
        ruleName: ruleName(props.stage, props.name, minute),
        description: props.description,
        schedule: Schedule.cron({ minute: String(minute), hour: '*' }),
        targets: [new LambdaTarget(props.function, { ...retries, deadLetterQueue: props.deadLetterQueue })],
      });
  }
}
