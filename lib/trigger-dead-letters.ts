import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';

export interface TriggerDeadLettersProps {
  readonly stage: string;
  readonly alarms: Alarms;
}

/** The dead-letter queue for events of the triggers that failed after all retries. */
export class TriggerDeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { stage, alarms }: TriggerDeadLettersProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName: `siem-export-${stage}-trigger-dead-letters`,
      // With the stage's key, EventBridge would need permission to use it. These events contain only a time.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself the dead-letter queue, of the rules and of the asynchronous invocations.',
    });
    alarms.ticket('trigger-dead-letters', {
      meaning: 'A tick failed after all its retries; the next tick does its work unless it also fails',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      above: 0,
    });
  }
}
