import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { mostReceives } from '../lambdas/domain/export-message.ts';
import type { Alarms } from './alarms.ts';
import type { EncryptionKey } from './encryption-key.ts';

export interface ExportQueueProps {
  readonly stage: string;
  readonly encryptionKey: EncryptionKey;
  readonly alarms: Alarms;
}

/** The queue from the dispatcher to the exporter, with one message for each due account. */
export class ExportQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { stage, encryptionKey, alarms }: ExportQueueProps) {
    super(scope, id);
    const encryption = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: encryptionKey.key,
      enforceSSL: true,
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...encryption,
      queueName: `siem-export-${stage}-exports-dead-letters`,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      ...encryption,
      queueName: `siem-export-${stage}-exports`,
      // Longer than the exporter may run, so that no message is delivered twice while an exporter works on it. Not six
      // times as long, as AWS recommends for batches: after a crash an account would wait hours for the retry. A
      // message that is nevertheless delivered twice does no harm, because commits are conditional.
      visibilityTimeout: Duration.minutes(20),
      // A dead letter keeps the age that it had in this queue. So operators have at least 10 of its 14 days.
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: mostReceives },
    });
    this.#watch(alarms);
  }

  #watch(alarms: Alarms): void {
    alarms.page('export-dead-letters', {
      meaning:
        'Exports failed eight times for a reason that is ours or the network’s, and are dead letters now',
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      above: 0,
    });
    alarms.page('export-queue-old', {
      meaning: 'An export has been waiting for two hours: files are late for more than one account',
      metric: this.queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      above: Duration.hours(2).toSeconds(),
      periods: 3,
    });
  }
}
