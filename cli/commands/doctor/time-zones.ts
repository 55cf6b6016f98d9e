import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { metricNamespace, metricService } from '../../../lambdas/aws/telemetry.ts';
import { isOlderTimeZoneData, timeZoneDataName } from '../../../lambdas/domain/time-zone.ts';
import { timeZoneDataOfList } from '../../../lambdas/domain/time-zone-names.ts';
import { type Check, ok, runCheck } from './check.ts';

const hour = 3_600_000;
const hoursBack = 3;

/**
 * Compares the time-zone data of a runtime, from which it computes local midnights, with the data that the release’s
 * list of zones was made from.
 */
export function timeZoneCheck(whose: string, version: string): Check {
  const name = `time-zone data of ${whose}`;
  if (!isOlderTimeZoneData(version))
    return ok(name, `${version}; the list of zones in this release is from ${timeZoneDataOfList}`);
  return {
    name,
    outcome: 'warning',
    detail: `${version}, older than ${timeZoneDataOfList} of the list of zones in this release: zones whose rules have changed since have boundaries at the wrong hour`,
    remedy:
      'the data comes with Node: AWS updates the runtime of the functions; on this machine, install a newer Node 24',
  };
}

/** The functions report their version as a metric. */
export function checkTimeZonesOfFunctions(stage: string, cloudwatch: CloudWatchClient): Promise<Check> {
  const name = 'time-zone data of the functions';
  return runCheck(name, async () => {
    const now = Date.now();
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: metricNamespace,
        MetricName: 'TimeZoneDataVersion',
        Dimensions: [{ Name: 'service', Value: metricService(stage) }],
        StartTime: new Date(now - hoursBack * hour),
        EndTime: new Date(now),
        Period: 3600,
        Statistics: ['Minimum'],
      }),
    );
    const [oldest] = Datapoints.flatMap(({ Minimum }) => Minimum ?? []).sort((one, other) => one - other);
    if (oldest === undefined)
      return {
        name,
        outcome: 'skipped',
        detail: 'the watchdog has not reported a version within three hours',
      };
    return timeZoneCheck('the functions', timeZoneDataName(oldest));
  });
}
