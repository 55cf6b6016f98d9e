import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeZoneNames } from '../../lambdas/domain/time-zone-names.ts';
import {
  boundariesAfter,
  boundaryAtOrBefore,
  crossedBoundary,
  nextBoundary,
} from '../../lambdas/domain/window.ts';
import { boundariesByMinute, boundariesOf, type Segment, segmentsOf, wallClockOf } from './wall-clock.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Four hours, plus the three by which Antarctica/Casey sometimes sets its clocks back. */
const longestWindow = 7 * hour;
const from = Date.UTC(2000);
const to = Date.UTC(2046);

/** Links have the clock of their zone, so each zone’s clock is read once. */
const segmentsByZone = new Map<string, readonly Segment[]>();
for (const timeZone of timeZoneNames) {
  const { timeZone: zone } = new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions();
  const segments = segmentsByZone.get(zone) ?? segmentsOf(wallClockOf(zone), from - 4 * day, to + 4 * day);
  segmentsByZone.set(zone, segments);
  segmentsByZone.set(timeZone, segments);
}
const segmentsOfZone = (timeZone: string): readonly Segment[] => segmentsByZone.get(timeZone) ?? [];
const changesOfZone = (timeZone: string): readonly number[] =>
  segmentsOfZone(timeZone)
    .slice(1)
    .map(({ start }) => start);

const zone = fc.constantFrom(...timeZoneNames);
const anyInstant = fc.integer({ min: from, max: to });

/** A zone and an instant; half of the instants are within two days of a clock change. */
const zoneAndInstant = zone.chain(timeZone => {
  const changes = changesOfZone(timeZone);
  const anywhere = anyInstant.map(instant => ({ timeZone, instant }));
  if (changes.length === 0) return anywhere;
  const nearChange = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * day, max: 2 * day }))
    .map(([change, distance]) => ({ timeZone, instant: change + distance }));
  return fc.oneof(anywhere, nearChange);
});

describe('boundaries of every zone name, 2000 to 2045', () => {
  it('the years hold the changes of clocks that they are known for', () => {
    expect(changesOfZone('Europe/Berlin').filter(change => change >= from && change < to)).toHaveLength(
      2 * 46,
    );
    expect(changesOfZone('Pacific/Apia')).toContain(Date.parse('2011-12-30T10:00Z'));
    expect(changesOfZone('Asia/Kolkata')).toEqual([]);
  });

  it('around every change of clocks, they are at local 00, 04, 08, 12, 16, 20, at the jump, or the first of two', () => {
    const wrong: string[] = [];
    for (const timeZone of timeZoneNames) {
      const segments = segmentsOfZone(timeZone);
      segments.slice(1).forEach(({ start }, index) => {
        const nearby = segments.slice(Math.max(0, index - 1), index + 4);
        const expected = boundariesOf(nearby, start - 2 * day, start + 2 * day);
        const actual = [...boundariesAfter(timeZone, start - 2 * day, start + 2 * day)];
        if (expected.join() !== actual.join()) wrong.push(`${timeZone} at ${new Date(start).toISOString()}`);
      });
    }
    expect(wrong).toEqual([]);
  });

  it('under every name, a month of windows is what its clocks say', () => {
    const wrong = timeZoneNames.filter(timeZone => {
      const start = Date.UTC(2026);
      const expected = boundariesOf(segmentsOfZone(timeZone), start, start + 30 * day);
      return expected.join() !== [...boundariesAfter(timeZone, start, start + 30 * day)].join();
    });
    expect(wrong).toEqual([]);
  });

  it('anywhere, they are where a clock read every minute reaches the next quarter-day', () => {
    fc.assert(
      fc.property(zoneAndInstant, ({ timeZone, instant }) => {
        const start = Math.floor(instant / minute) * minute;
        expect([...boundariesAfter(timeZone, start, start + 30 * hour)]).toEqual(
          boundariesByMinute(wallClockOf(timeZone), start, start + 30 * hour),
        );
      }),
      { numRuns: 250 },
    );
  });
});

describe('windows tile time', () => {
  it('boundaries strictly increase, and no window is longer than seven hours', () => {
    fc.assert(
      fc.property(zoneAndInstant, ({ timeZone, instant }) => {
        const boundaries = [...boundariesAfter(timeZone, instant, instant + 10 * day)];
        boundaries.slice(1).forEach((boundary, index) => {
          const length = boundary - (boundaries[index] ?? 0);
          expect(length).toBeGreaterThan(0);
          expect(length).toBeLessThanOrEqual(longestWindow);
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('spans computed piece by piece are the whole, wherever they are cut', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 4 * day }), { maxLength: 8 });
    fc.assert(
      fc.property(zoneAndInstant, cuts, ({ timeZone, instant }, distances) => {
        const points = [instant, ...distances.map(distance => instant + distance), instant + 4 * day];
        points.sort((a, b) => a - b);
        const pieces = points
          .slice(1)
          .flatMap((point, index) => [...boundariesAfter(timeZone, points[index] ?? point, point)]);
        expect(pieces).toEqual([...boundariesAfter(timeZone, instant, instant + 4 * day)]);
      }),
      { numRuns: 1000 },
    );
  });

  it('nextBoundary, boundaryAtOrBefore and crossedBoundary agree', () => {
    fc.assert(
      fc.property(zoneAndInstant, ({ timeZone, instant }) => {
        const next = nextBoundary(timeZone, instant);
        const last = boundaryAtOrBefore(timeZone, instant);
        expect(last).toBeLessThanOrEqual(instant);
        expect(next).toBeGreaterThan(instant);
        expect(nextBoundary(timeZone, last)).toBe(next);
        expect(nextBoundary(timeZone, next - 1)).toBe(next);
        expect(boundaryAtOrBefore(timeZone, next)).toBe(next);
        expect(boundaryAtOrBefore(timeZone, next - 1)).toBe(last);
        expect(crossedBoundary(timeZone, last, next - 1)).toBe(false);
        expect(crossedBoundary(timeZone, instant, next)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('when the time zone of an account changes, each window ends at a boundary of the zone then in force', () => {
    const zones = fc.array(fc.tuple(zone, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(anyInstant, zones, (instant, stays) => {
        let cursor = instant;
        for (const [timeZone, windows] of stays) {
          for (let window = 0; window < windows; window += 1) {
            const end = nextBoundary(timeZone, cursor);
            expect(end).toBeGreaterThan(cursor);
            expect(end - cursor).toBeLessThanOrEqual(longestWindow);
            expect(boundaryAtOrBefore(timeZone, end)).toBe(end);
            cursor = end;
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
