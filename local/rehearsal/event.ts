import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import type { StackAlarm } from './alarms.ts';

/** The event that CloudWatch sends to an alarm’s topic, as far as the template determines it. */
export function eventOf({ metric, properties }: StackAlarm, at: Instant): Readonly<Record<string, unknown>> {
  const { AlarmName, AlarmDescription, Statistic, Period, EvaluationPeriods } = properties;
  const { DatapointsToAlarm, Threshold, ComparisonOperator, TreatMissingData } = properties;
  return {
    AlarmName,
    AlarmDescription,
    AWSAccountId: '000000000000',
    AlarmArn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${AlarmName}`,
    NewStateValue: 'ALARM',
    NewStateReason: 'A rehearsal',
    StateChangeTime: toIso(at),
    Region: 'US East (N. Virginia)',
    OldStateValue: 'OK',
    Trigger: {
      MetricName: metric.name,
      Namespace: metric.namespace,
      StatisticType: 'Statistic',
      Statistic,
      Dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ name, value })),
      Period,
      EvaluationPeriods,
      DatapointsToAlarm,
      ComparisonOperator,
      Threshold,
      TreatMissingData,
    },
  };
}
