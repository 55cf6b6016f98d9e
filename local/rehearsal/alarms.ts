import { type Severity, severities } from '../../lib/severity.ts';
import { type Resolve, resolved, resourcesOf, type Template } from '../template.ts';
import type { MetricName, Statistic } from './metrics.ts';

/** An alarm from the stack’s template. */
export interface StackAlarm {
  /** Its heading in the runbook. */
  readonly name: string;
  readonly severity: Severity;
  readonly meaning: string;
  readonly metric: MetricName;
  readonly statistic: Statistic;
  /** Milliseconds. */
  readonly period: number;
  readonly periods: number;
  readonly atFault: number;
  readonly isAtFault: (value: number) => boolean;
  /** Whether a period without data counts as a fault; `undefined` if it leaves the state unchanged. */
  readonly missingIsAtFault: boolean | undefined;
  readonly endIsTold: boolean;
  /** The alarm’s properties in the template, for the event that CloudWatch sends. */
  readonly properties: Readonly<Record<string, unknown>>;
}

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly Statistic: Statistic;
  readonly Period: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly OKActions?: readonly unknown[];
}

/** Every alarm of the template, pages first. */
export function alarmsOf(template: Template): StackAlarm[] {
  const resolve: Resolve = logicalId => {
    const { FunctionName, QueueName, TopicName } = template.Resources[logicalId]?.Properties ?? {};
    return String(FunctionName ?? QueueName ?? TopicName);
  };
  const alarms = [...resourcesOf(template, 'AWS::CloudWatch::Alarm').values()].map(properties =>
    alarmOf(resolved(properties, resolve) as AlarmProperties),
  );
  return severities.flatMap(severity => alarms.filter(alarm => alarm.severity === severity));
}

function alarmOf(properties: AlarmProperties): StackAlarm {
  const { AlarmName, AlarmDescription, Threshold, ComparisonOperator, TreatMissingData } = properties;
  const [, severity = '', meaning = '', name = ''] =
    /^(\w+): (.*)\. What to do: .*#([\w-]+)$/.exec(AlarmDescription) ?? [];
  if (!isSeverity(severity)) throw new TypeError(`The alarm ${AlarmName} does not begin with its severity`);
  return {
    name,
    severity,
    meaning,
    metric: {
      namespace: properties.Namespace,
      name: properties.MetricName,
      dimensions: Object.fromEntries(properties.Dimensions.map(({ Name, Value }) => [Name, Value])),
    },
    statistic: properties.Statistic,
    period: properties.Period * 1000,
    periods: properties.EvaluationPeriods,
    atFault: properties.DatapointsToAlarm,
    isAtFault: comparison(ComparisonOperator, Threshold),
    missingIsAtFault: { breaching: true, notBreaching: false }[TreatMissingData],
    endIsTold: properties.OKActions !== undefined,
    properties: { ...properties },
  };
}

function isSeverity(text: string): text is Severity {
  return (severities as readonly string[]).includes(text);
}

function comparison(operator: string, threshold: number): (value: number) => boolean {
  if (operator === 'GreaterThanThreshold') return value => value > threshold;
  if (operator === 'LessThanThreshold') return value => value < threshold;
  throw new TypeError(`The comparison ${operator} is not implemented: no alarm of the stack used it so far`);
}
