/** What one partition of DynamoDB hands out a second: consistent reads of 4 KB, which are 12 MB. */
export const partitionUnitsPerSecond = 3_000;
export const readUnitBytes = 4096;

/**
 * Whether partitions, one for each account, have read units left.
 *
 * A bucket of tokens holds what flows in within one second, and nothing beyond it. DynamoDB does keep unused units for
 * five minutes, but those of the table, for a partition that is given less than its limit; over the limit itself no burst
 * goes (AWS re:Post, "spiky workloads"). As there, a query is let through while the bucket is not empty, is charged what
 * it has read, and is otherwise refused, not delayed.
 */
export function createPartitions(now: () => number = () => performance.now() / 1000) {
  const partitions = new Map<string, { units: number; at: number }>();

  return {
    /** @param units what the query is going to read */
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
