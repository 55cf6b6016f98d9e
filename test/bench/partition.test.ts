import { describe, expect, it } from 'vitest';
import { createPartitions, partitionUnitsPerSecond } from '../../bench/servers/partition.ts';

describe('the partitions of the stand-in for DynamoDB', () => {
  function setPartitions() {
    const clock = { seconds: 1000 };
    return { clock, partitions: createPartitions(() => clock.seconds) };
  }

  it('hand out what flows in, to all queries of an account together', () => {
    const { clock, partitions } = setPartitions();
    let units = 0;
    for (let step = 0; step < 10_000; step++) {
      for (let query = 0; query < 4; query++) if (partitions.admits('account', 256)) units += 256;
      clock.seconds += 0.001;
    }
    // The initial credit, the capacity of ten seconds, and the last query, which may exceed the credit.
    expect(units).toBeGreaterThan(partitionUnitsPerSecond * 11 - 256);
    expect(units).toBeLessThanOrEqual(partitionUnitsPerSecond * 11 + 256);
  });

  it('save no more than a second’s units', () => {
    const { clock, partitions } = setPartitions();
    partitions.admits('account', 1);
    clock.seconds += 300;
    expect(partitions.admits('account', partitionUnitsPerSecond)).toBe(true);
    expect(partitions.admits('account', 1)).toBe(false);
  });

  it('are one for each account', () => {
    const { partitions } = setPartitions();
    partitions.admits('one', 2 * partitionUnitsPerSecond);
    expect(partitions.admits('one', 1)).toBe(false);
    expect(partitions.admits('other', 1)).toBe(true);
  });
});
