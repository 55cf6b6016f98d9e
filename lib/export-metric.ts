import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNamespace, metricService } from '../lambdas/aws/telemetry.ts';
import type { FailureCode } from '../lambdas/domain/failure.ts';
import type { Place } from '../lambdas/domain/recipe.ts';

/** The metrics of a whole stage that the functions write, and that alarms or the dashboard use. */
export type ExportMetricName =
  | 'Accounts'
  | 'AccountsBehind'
  | 'AccountsFailing'
  | 'AccountsNeverExported'
  | 'AccountsWithUnreadableKeys'
  | 'BytesDelivered'
  | 'DispatchedAccounts'
  | 'ExportsDelivered'
  | 'ExportsFailed'
  | 'ExportsRetried'
  | 'FilesLackingFields'
  | 'FleetInTrouble'
  | 'FurtherAccountsInTrouble'
  | 'InvalidAccounts'
  | 'LagSeconds'
  | 'MalformedRows'
  | 'RecordsDelivered'
  | 'RowsRecordedLate';

/** A metric that the functions write for the whole stage. */
export function exportMetric(stage: string, metricName: ExportMetricName, options: MetricOptions): Metric {
  return ownMetric(stage, metricName, {}, options);
}

/** How many exports failed with a code. */
export function failuresByCode(stage: string, code: FailureCode, options: MetricOptions): Metric {
  return ownMetric(stage, 'FailuresByCode', { code }, { label: code, ...options });
}

/** How many exports to a cloud failed. */
export function failuresByCloud(stage: string, cloud: Place['type'], options: MetricOptions): Metric {
  return ownMetric(stage, 'FailuresByCloud', { cloud }, { label: cloud, ...options });
}

function ownMetric(
  stage: string,
  metricName: string,
  dimensions: Readonly<Record<string, string>>,
  options: MetricOptions,
): Metric {
  return new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: metricService(stage), ...dimensions },
    ...options,
  });
}
