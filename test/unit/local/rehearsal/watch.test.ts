import { describe, expect, it } from 'vitest';
import type { StackAlarm } from '../../../../local/rehearsal/alarms.ts';
import { Metrics } from '../../../../local/rehearsal/metrics.ts';
import { AlarmWatch } from '../../../../local/rehearsal/watch.ts';

const hour = 3_600_000;
const metric = {
  namespace: 'SiemExport',
  name: 'AccountsFailing',
  dimensions: { service: 'siem-export-dev' },
};

const alarm = (change: Partial<StackAlarm>): StackAlarm => ({
  name: 'accounts-failing',
  severity: 'ticket',
  meaning: 'Exports fail',
  metric,
  statistic: 'Maximum',
  period: hour,
  periods: 1,
  atFault: 1,
  isAtFault: value => value > 0,
  missingIsAtFault: false,
  endIsTold: true,
  properties: {},
  ...change,
});

/** The state changes at the end of each hour with these values. */
function told(values: readonly (number | undefined)[], change: Partial<StackAlarm> = {}) {
  const metrics = new Metrics();
  const watch = new AlarmWatch([alarm(change)], metrics);
  return values.map((value, index) => {
    if (value !== undefined) metrics.add(metric, index * hour + 1, value);
    return watch
      .look((index + 1) * hour)
      .map(({ state }) => state)
      .join();
  });
}

describe('an alarm of the rehearsal', () => {
  it('is told when it begins and when it ends, and not in between', () => {
    expect(told([0, 2, 1, 0, 0])).toEqual(['', 'ALARM', '', 'OK', '']);
  });

  it('keeps silent about its end where the stack says so', () => {
    expect(told([1, 0, 1], { endIsTold: false })).toEqual(['ALARM', '', 'ALARM']);
  });

  it.each([
    ['is nothing new', undefined, ['ALARM', '', 'OK']],
    ['is well', false, ['ALARM', 'OK', '']],
    ['is a fault', true, ['ALARM', '', 'OK']],
  ])('takes an hour without a value for what it %s', (_, missingIsAtFault, expected) => {
    expect(told([1, undefined, 0], { missingIsAtFault })).toEqual(expected);
  });

  it('waits for as many hours at fault as the stack says, of as many that it looks at', () => {
    expect(told([1, 0, 1, 0, 1], { periods: 3, atFault: 2 })).toEqual(['', '', 'ALARM', 'OK', 'ALARM']);
  });

  it('stays until as many hours were quiet as it looks at', () => {
    expect(told([1, 0, 0, 0], { periods: 3, atFault: 1 })).toEqual(['ALARM', '', '', 'OK']);
  });
});
