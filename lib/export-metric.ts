import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNamespace, metricService } from '../lambdas/aws/telemetry.ts';

/** The metrics that alarms follow, of those that the functions write to their logs. */
export type ExportMetricName =
  | 'ExportsFailed'
  | 'MalformedRows'
  | 'InvalidAccounts'
  | 'AccountsBehind'
  | 'AccountsNeverExported';

/** One of the functions' own metrics, of the stage as a whole. */
export function exportMetric(stage: string, metricName: ExportMetricName, options: MetricOptions): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: metricService(stage) },
    ...options,
  });
}
