/** The read limit of one partition of DynamoDB: strongly consistent reads of 4 KB per second, together 12 MB. */
export const partitionUnitsPerSecond = 3_000;
export const readUnitBytes = 4096;

/**
 * Tracks the read units of partitions, one for each account.
 *
 * Each partition is a token bucket that holds the units of one second. DynamoDB's burst capacity of five minutes is
 * left out: it lets a partition use more than its share of the table's throughput, but never more than the partition
 * limit (AWS re:Post, "spiky workloads"). As in DynamoDB, a query is admitted while the bucket is not empty, then pays
 * for all that it reads; otherwise it is throttled, not delayed.
 */
export function createPartitions(now: () => number = () => performance.now() / 1000) {
  const partitions = new Map<string, { units: number; at: number }>();

  return {
    /** @param units the read units that the query uses */
    admits(accountId: string, units: number): boolean {
      const at = now();
      const last = partitions.get(accountId) ?? { units: partitionUnitsPerSecond, at };
      const available = Math.min(
        last.units + (at - last.at) * partitionUnitsPerSecond,
        partitionUnitsPerSecond,
      );
      const admitted = available > 0;
      partitions.set(accountId, { units: admitted ? available - units : available, at });
      return admitted;
    },
  };
}
