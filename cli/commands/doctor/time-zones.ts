import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { metricNamespace, metricService } from '../../../lambdas/aws/telemetry.ts';
import { isOlderTimeZoneData, timeZoneDataName } from '../../../lambdas/domain/time-zone.ts';
import { timeZoneDataOfList } from '../../../lambdas/domain/time-zone-names.ts';
import { alone, type Check, well } from './check.ts';

const hour = 3_600_000;
const hoursBack = 3;

/** By which data a runtime computes local midnights, against those that the release's list of zones is of. */
export function timeZoneCheck(whose: string, version: string): Check {
  const name = `time-zone data of ${whose}`;
  if (!isOlderTimeZoneData(version))
    return well(name, `${version}; the release’s list is of ${timeZoneDataOfList}`);
  return {
    name,
    outcome: 'warning',
    detail: `${version}, older than ${timeZoneDataOfList}, of which the release’s list is: zones whose clocks were changed since then have their boundaries at the wrong hour`,
    remedy:
      'they come with Node: for the functions AWS updates its runtime, for this machine take a newer Node 24',
  };
}

/** Of the functions, which tell by a metric. */
export function checkTimeZonesOfFunctions(stage: string, cloudwatch: CloudWatchClient): Promise<Check> {
  const name = 'time-zone data of the functions';
  return alone(name, async () => {
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
        detail: 'the watchdog has not told of them within three hours',
      };
    return timeZoneCheck('the functions', timeZoneDataName(oldest));
  });
}
