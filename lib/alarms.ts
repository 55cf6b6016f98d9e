import { Annotations, ArnFormat, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { EncryptionKey } from './encryption-key.ts';
import type { Severity } from './severity.ts';

export type AlarmDefinition = {
  /** One sentence without its full stop, which the alarm's message begins with. */
  readonly meaning: string;
  readonly metric: IMetric;
  /** How many of the metric's periods are looked at; 1 by default. */
  readonly periods?: number;
  /** How many of these must be at fault; all by default. */
  readonly atFault?: number;
  /** What it means when nothing is reported: all is well (by default), nothing new, or a fault in itself. */
  readonly missingData?: 'well' | 'unchanged' | 'fault';
  /** Whether the topic is told of the end as well; true by default. */
  readonly endIsTold?: boolean;
} & ({ readonly above: number } | { readonly below: number });

/** Of an hourly metric of what comes and goes with the windows: one ticket, and not one for each window. */
export const untilQuietForADay = { periods: 24, atFault: 1 } as const;

export interface AlarmsProps {
  readonly stage: string;
  readonly encryptionKey: EncryptionKey;
  readonly runbookUrl: string;
  /** Whom each topic tells. */
  readonly email?: Partial<Readonly<Record<Severity, string>>> | undefined;
}

const topicIds = { page: 'PageTopic', ticket: 'TicketTopic' } as const;

const missingDataTreatment = {
  well: TreatMissingData.NOT_BREACHING,
  unchanged: TreatMissingData.IGNORE,
  fault: TreatMissingData.BREACHING,
} as const;

/** The stage's alarms and the two topics that they tell, each the one of its severity. */
export class Alarms extends Construct {
  readonly topics: Readonly<Record<Severity, Topic>>;
  /** Every alarm that was registered, in that order. */
  readonly all: Alarm[] = [];
  readonly #stage: string;
  readonly #runbookUrl: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#stage = props.stage;
    this.#runbookUrl = props.runbookUrl;
    this.topics = { page: this.#topic('page', props), ticket: this.#topic('ticket', props) };
  }

  /** @param name in kebab case: part of the alarm's name, and its heading in the runbook */
  page(name: string, definition: AlarmDefinition): void {
    this.#register('page', name, definition);
  }

  /** @param name in kebab case: part of the alarm's name, and its heading in the runbook */
  ticket(name: string, definition: AlarmDefinition): void {
    this.#register('ticket', name, definition);
  }

  #topic(severity: Severity, { stage, encryptionKey, email }: AlarmsProps): Topic {
    const topic = new Topic(this, topicIds[severity], {
      topicName: `siem-export-${stage}-${severity}`,
      displayName: `SIEM export ${stage} ${severity}`,
      masterKey: encryptionKey.key,
      enforceSSL: true,
    });
    const address = email?.[severity];
    if (address !== undefined) topic.addSubscription(new EmailSubscription(address));
    else
      Annotations.of(this).addWarningV2(
        `siem-export:nobody-for-${severity}`,
        `Nobody is told of alarms that ${severity === 'page' ? 'need somebody now' : 'can wait for the morning'}: set alarmEmail, or subscribe to the topic siem-export-${stage}-${severity} after the deployment`,
      );
    const alarmsOfThisAccount = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // A topic with a policy of its own loses the default one, by which alarms of the account may publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { ArnLike: { 'aws:SourceArn': alarmsOfThisAccount } },
      }),
    );
    return topic;
  }

  #register(severity: Severity, name: string, definition: AlarmDefinition): void {
    const {
      meaning,
      metric,
      periods = 1,
      atFault = periods,
      missingData = 'well',
      endIsTold = true,
    } = definition;
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
      datapointsToAlarm: atFault,
      treatMissingData: missingDataTreatment[missingData],
    });
    const tell = new SnsAction(this.topics[severity]);
    alarm.addAlarmAction(tell);
    if (endIsTold) alarm.addOkAction(tell);
    this.all.push(alarm);
  }
}
