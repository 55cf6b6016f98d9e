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
  /** One sentence without its full stop. The alarm's description begins with it. */
  readonly meaning: string;
  readonly metric: IMetric;
  /** How many of the metric's last periods are evaluated; 1 by default. */
  readonly periods?: number;
  /** How many of these periods must be beyond the threshold; all by default. */
  readonly atFault?: number;
  /** What a period without data means: no fault (the default), the same state as before, or a fault. */
  readonly missingData?: 'ok' | 'unchanged' | 'fault';
  /** Whether the end of the alarm is also sent to the topic; true by default. */
  readonly notifiesOfEnd?: boolean;
} & ({ readonly above: number } | { readonly below: number });

/**
 * For an hourly metric of something that happens with each window: the alarm ends only after a day without it, so that
 * it opens one ticket and not one for each window.
 */
export const untilQuietForADay = { periods: 24, atFault: 1 } as const;

export interface AlarmsProps {
  readonly stage: string;
  readonly encryptionKey: EncryptionKey;
  readonly runbookUrl: string;
  /** The subscriber of each topic. */
  readonly email?: Partial<Readonly<Record<Severity, string>>> | undefined;
}

const topicIds = { page: 'PageTopic', ticket: 'TicketTopic' } as const;

const missingDataTreatment = {
  ok: TreatMissingData.NOT_BREACHING,
  unchanged: TreatMissingData.IGNORE,
  fault: TreatMissingData.BREACHING,
} as const;

/** The stage's alarms, and one topic for each severity that receives them. */
export class Alarms extends Construct {
  readonly topics: Readonly<Record<Severity, Topic>>;
  /** All registered alarms, in the order of registration. */
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
        `Nobody receives alarms that ${severity === 'page' ? 'need somebody now' : 'can wait until the morning'}: set alarmEmail, or subscribe to the topic siem-export-${stage}-${severity} after the deployment`,
      );
    const alarmsOfThisAccount = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    // `enforceSSL` gives the topic its own policy, which replaces the default one. Without this statement the alarms of
    // the account could not publish.
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
      missingData = 'ok',
      notifiesOfEnd = true,
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
    const notify = new SnsAction(this.topics[severity]);
    alarm.addAlarmAction(notify);
    if (notifiesOfEnd) alarm.addOkAction(notify);
    this.all.push(alarm);
  }
}
