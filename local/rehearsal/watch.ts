import type { Instant } from '../../lambdas/domain/instant.ts';
import type { StackAlarm } from './alarms.ts';
import type { Metrics } from './metrics.ts';

/** A state change that is sent to an alarm’s topic. */
export interface Told {
  readonly at: Instant;
  readonly alarm: StackAlarm;
  readonly state: 'ALARM' | 'OK';
}

/** Evaluates alarms as CloudWatch does, over the last whole periods. */
export class AlarmWatch {
  readonly #states = new Map<StackAlarm, Told['state']>();
  readonly #alarms: readonly StackAlarm[];
  readonly #metrics: Metrics;

  constructor(alarms: readonly StackAlarm[], metrics: Metrics) {
    this.#alarms = alarms;
    this.#metrics = metrics;
  }

  /** The state changes that are sent at this instant. */
  look(at: Instant): Told[] {
    return this.#alarms.flatMap((alarm): Told[] => {
      const before = this.#states.get(alarm) ?? 'OK';
      const state = this.#stateOf(alarm, at) ?? before;
      this.#states.set(alarm, state);
      return state === before || (state === 'OK' && !alarm.endIsTold) ? [] : [{ at, alarm, state }];
    });
  }

  /** `undefined` if missing data leaves the state unchanged. */
  #stateOf(alarm: StackAlarm, at: Instant): Told['state'] | undefined {
    const { metric, statistic, period, periods, missingIsAtFault } = alarm;
    const end = at - (at % period);
    const faults = Array.from({ length: periods }, (_, index) => {
      const from = end - (index + 1) * period;
      const value = this.#metrics.read(metric, statistic, from, from + period);
      return value === undefined ? missingIsAtFault : alarm.isAtFault(value);
    });
    if (faults.includes(undefined)) return undefined;
    return faults.filter(fault => fault === true).length >= alarm.atFault ? 'ALARM' : 'OK';
  }
}
