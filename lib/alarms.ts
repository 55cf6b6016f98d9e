import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { EncryptionKey } from './encryption-key.ts';

/** Critical: files are late or will be, somebody gets up. Warning: it can wait for the morning. */
export type Severity = 'critical' | 'warning';

export type AlarmDefinition = {
  /** One sentence without its full stop, which the alarm's message begins with. */
  readonly meaning: string;
  readonly metric: IMetric;
  /** How many of the metric's periods in a row must be at fault; 1 by default. */
  readonly periods?: number;
  /** What it means when nothing is reported: all is well (by default), nothing new, or a fault in itself. */
  readonly missingData?: 'well' | 'unchanged' | 'fault';
} & ({ readonly above: number } | { readonly below: number });

export interface AlarmsProps {
  readonly stage: string;
  readonly encryptionKey: EncryptionKey;
  readonly runbookUrl: string;
  readonly email?: string | undefined;
}

const missingDataTreatment = {
  well: TreatMissingData.NOT_BREACHING,
  unchanged: TreatMissingData.IGNORE,
  fault: TreatMissingData.BREACHING,
} as const;

/** The stage's alarms and the topic that all of them tell, of the fault and of its end. */
export class Alarms extends Construct {
  readonly topic: Topic;
  /** Every alarm that was registered, in that order. */
  readonly all: Alarm[] = [];
  readonly #stage: string;
  readonly #runbookUrl: string;

  constructor(scope: Construct, id: string, { stage, encryptionKey, runbookUrl, email }: AlarmsProps) {
    super(scope, id);
    this.#stage = stage;
    this.#runbookUrl = runbookUrl;
    this.topic = new Topic(this, 'Topic', {
      topicName: `siem-export-${stage}-alarms`,
      displayName: `SIEM export ${stage}`,
      masterKey: encryptionKey.key,
      enforceSSL: true,
    });
    if (email !== undefined) this.topic.addSubscription(new EmailSubscription(email));
    const alarmsOfThisAccount = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // A topic with a policy of its own loses the default one, by which alarms of the account may publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { ArnLike: { 'aws:SourceArn': alarmsOfThisAccount } },
      }),
    );
  }

  /** @param name in kebab case: part of the alarm's name, and its heading in the runbook */
  critical(name: string, definition: AlarmDefinition): void {
    this.#register('critical', name, definition);
  }

  /** @param name in kebab case: part of the alarm's name, and its heading in the runbook */
  warning(name: string, definition: AlarmDefinition): void {
    this.#register('warning', name, definition);
  }

  #register(severity: Severity, name: string, definition: AlarmDefinition): void {
    const { meaning, metric, periods = 1, missingData = 'well' } = definition;
    const comparison =
      'above' in definition
        ? { threshold: definition.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
        : { threshold: definition.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD };
    const alarm = new Alarm(this, name, {
      ...comparison,
      alarmName: `siem-export-${this.#stage}-${name}`,
      alarmDescription: `${severity}: ${meaning}. What to do: ${this.#runbookUrl}#${name}`,
      metric,
      evaluationPeriods: periods,
      treatMissingData: missingDataTreatment[missingData],
    });
    const tell = new SnsAction(this.topic);
    alarm.addAlarmAction(tell);
    alarm.addOkAction(tell);
    this.all.push(alarm);
  }
}
