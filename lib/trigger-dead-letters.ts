import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';

export interface TriggerDeadLettersProps {
  readonly stage: string;
  readonly alarms: Alarms;
}

/** Where the triggers' events end that could not be worked on. */
export class TriggerDeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { stage, alarms }: TriggerDeadLettersProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName: `siem-export-${stage}-trigger-dead-letters`,
      // With a key of one's own, EventBridge would need the right to use it; these events hold nothing but a time.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself the dead-letter queue, of the rules and of the asynchronous invocations.',
    });
    alarms.ticket('trigger-dead-letters', {
      meaning: 'A tick was lost after all its retries; the next one makes up for it, if that works',
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      above: 0,
    });
  }
}
