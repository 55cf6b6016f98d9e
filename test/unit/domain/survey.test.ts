import { describe, expect, it } from 'vitest';
import { fleetInTrouble, furtherInTrouble } from '../../../lambdas/domain/survey.ts';

const hour = 3_600_000;
const at = Date.parse('2026-11-22T15:00:00Z');

const many = <Each>(count: number, each: (index: number) => Each) =>
  Array.from({ length: count }, (_, index) => each(index));

/** A fleet of valid accounts, some of them in trouble. */
function fleet(accounts: number, { failing = 0, behind = 0, invalid = 0, paused = 0 } = {}) {
  const troubled = (index: number) => ({ accountId: `${index}`, exportedThrough: 0, since: 0 });
  const faulty = (isPaused: boolean) => (index: number) => ({
    accountId: `invalid ${index}`,
    faults: 'timeZone: unknown',
    paused: isPaused,
  });
  return {
    at,
    accounts: accounts + invalid + paused,
    active: many(accounts, String),
    failing: many(failing, index => ({
      ...troubled(index),
      code: 'access_denied' as const,
      message: '',
    })),
    behind: many(behind, troubled),
    invalid: [...many(invalid, faulty(false)), ...many(paused, faulty(true))],
  };
}

describe('a fleet is in trouble', () => {
  it.each([
    [1, { behind: 1 }, 0],
    [2, { failing: 1 }, 0],
    [2, { failing: 2 }, 100],
    [3, { failing: 2 }, 0],
    [3, { failing: 3 }, 100],
    [5, { failing: 2 }, 0],
    [5, { failing: 2, behind: 1 }, 60],
    [29, { behind: 3 }, 10],
    [31, { behind: 3 }, 0],
    [1000, { failing: 99 }, 0],
    [1000, { failing: 60, behind: 40 }, 10],
    [1000, { failing: 499 }, 49],
    [8, { invalid: 2 }, 0],
    [8, { failing: 1, invalid: 2 }, 30],
    [8, { paused: 8 }, 0],
    [0, {}, 0],
  ])('with %i valid accounts, of which or beside which there are %j: %i %', (accounts, troubled, share) => {
    expect(fleetInTrouble(fleet(accounts, troubled))).toBe(share);
  });
});

describe('accounts further in trouble', () => {
  const since = (...hoursAgo: number[]) => ({
    ...fleet(10),
    behind: hoursAgo.map((hours, index) => ({
      accountId: `${index}`,
      exportedThrough: 0,
      since: at - hours * hour,
    })),
  });

  it.each([
    ['none when nobody is in trouble', [], 0],
    ['none when all of them are new: their own alarm rings', [0.5, 0.9], 0],
    ['none when nobody is new', [3, 20], 0],
    ['those that are new beside others', [0.5, 0.9, 20], 2],
  ])('are %s', (_, hoursAgo, further) => {
    expect(furtherInTrouble(since(...hoursAgo))).toBe(further);
  });
});
