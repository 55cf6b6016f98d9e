import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickOf } from '../../lambdas/dispatcher/dispatch.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

describe('a scheduled event', () => {
  it('has a tick that is past, or is refused with a TypeError', () => {
    const time = fc.oneof(
      fc.anything(),
      fc.date({ noInvalidDate: true }).map(date => date.toISOString()),
      fc.string(),
    );
    const event = fc.oneof(fc.record({ time }), fc.anything());
    fc.assert(
      fc.property(event, hostile => {
        try {
          expect(tickOf(hostile as { time: string }, now)).toBeLessThanOrEqual(now + 15 * 60_000);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('from the future is refused: once completed, it would silence every true tick until then', () => {
    expect(() => tickOf({ time: '2062-11-22T12:00:00Z' }, now)).toThrow(/ahead of the clock/);
    expect(tickOf({ time: '2026-11-22T12:00:01Z' }, now)).toBe(now + 1000);
    expect(tickOf({ time: '1970-01-01T00:00:00Z' }, now)).toBe(0);
  });
});
