import { describe, expect, it } from 'vitest';
import {
  boundariesAfter,
  boundaryAtOrBefore,
  crossedBoundary,
  nextBoundary,
} from '../../../lambdas/domain/window.ts';

const at = (iso: string): number => Date.parse(iso);

/** Boundaries in UTC, to the minute: `2026-11-22T02:30`. */
const boundaries = (timeZone: string, after: string, upTo: string): string[] =>
  [...boundariesAfter(timeZone, at(after), at(upTo))].map(boundary =>
    new Date(boundary).toISOString().replace(':00.000Z', ''),
  );

/** The lengths in hours of the windows between boundaries. */
const lengths = (minutes: readonly string[]): number[] =>
  minutes.slice(1).map((minute, index) => (at(`${minute}Z`) - at(`${minutes[index]}Z`)) / 3_600_000);

describe('boundaries where the clocks do not change', () => {
  it('are at half past the hours of UTC in Asia/Kolkata (+05:30)', () => {
    expect(boundaries('Asia/Kolkata', '2026-11-22T00:00+05:30', '2026-11-23T00:00+05:30')).toEqual([
      '2026-11-21T22:30',
      '2026-11-22T02:30',
      '2026-11-22T06:30',
      '2026-11-22T10:30',
      '2026-11-22T14:30',
      '2026-11-22T18:30',
    ]);
  });

  it('are at a quarter past the hours of UTC in Asia/Kathmandu (+05:45)', () => {
    expect(boundaries('Asia/Kathmandu', '2026-11-22T00:00+05:45', '2026-11-23T00:00+05:45')).toEqual([
      '2026-11-21T22:15',
      '2026-11-22T02:15',
      '2026-11-22T06:15',
      '2026-11-22T10:15',
      '2026-11-22T14:15',
      '2026-11-22T18:15',
    ]);
  });

  it('are the same under both names of a zone', () => {
    const day = ['2026-11-22T00:00Z', '2026-11-23T00:00Z'] as const;
    expect(boundaries('Asia/Calcutta', ...day)).toEqual(boundaries('Asia/Kolkata', ...day));
  });
});

describe('boundaries where daylight saving begins or ends', () => {
  it('Europe/Berlin, 29 March 2026: the night window lasts 3 hours', () => {
    const minutes = boundaries('Europe/Berlin', '2026-03-28T22:59Z', '2026-03-29T22:00Z');
    expect(minutes).toEqual([
      '2026-03-28T23:00', // 00:00 +01:00
      '2026-03-29T02:00', // 04:00 +02:00
      '2026-03-29T06:00',
      '2026-03-29T10:00',
      '2026-03-29T14:00',
      '2026-03-29T18:00',
      '2026-03-29T22:00',
    ]);
    expect(lengths(minutes)).toEqual([3, 4, 4, 4, 4, 4]);
  });

  it('Europe/Berlin, 25 October 2026: the night window lasts 5 hours', () => {
    const minutes = boundaries('Europe/Berlin', '2026-10-24T21:59Z', '2026-10-25T23:00Z');
    expect(minutes).toEqual([
      '2026-10-24T22:00', // 00:00 +02:00
      '2026-10-25T03:00', // 04:00 +01:00
      '2026-10-25T07:00',
      '2026-10-25T11:00',
      '2026-10-25T15:00',
      '2026-10-25T19:00',
      '2026-10-25T23:00',
    ]);
    expect(lengths(minutes)).toEqual([5, 4, 4, 4, 4, 4]);
  });

  it('America/New_York, 8 March and 1 November 2026: 3 and 5 hours', () => {
    expect(boundaries('America/New_York', '2026-03-08T04:59Z', '2026-03-08T12:00Z')).toEqual([
      '2026-03-08T05:00', // 00:00 -05:00
      '2026-03-08T08:00', // 04:00 -04:00
      '2026-03-08T12:00',
    ]);
    expect(boundaries('America/New_York', '2026-11-01T03:59Z', '2026-11-01T13:00Z')).toEqual([
      '2026-11-01T04:00', // 00:00 -04:00
      '2026-11-01T09:00', // 04:00 -05:00
      '2026-11-01T13:00',
    ]);
  });

  it('Australia/Lord_Howe moves its clocks by half an hour: 4½ and 3½ hours', () => {
    const autumn = boundaries('Australia/Lord_Howe', '2026-04-04T12:59Z', '2026-04-04T21:30Z');
    expect(autumn).toEqual([
      '2026-04-04T13:00', // 5 April 00:00 +11:00
      '2026-04-04T17:30', // 04:00 +10:30
      '2026-04-04T21:30',
    ]);
    expect(lengths(autumn)).toEqual([4.5, 4]);
    const spring = boundaries('Australia/Lord_Howe', '2026-10-03T13:29Z', '2026-10-03T21:00Z');
    expect(spring).toEqual([
      '2026-10-03T13:30', // 4 October 00:00 +10:30
      '2026-10-03T17:00', // 04:00 +11:00
      '2026-10-03T21:00',
    ]);
    expect(lengths(spring)).toEqual([3.5, 4]);
  });

  it('Pacific/Chatham changes at 02:45 and 03:45 local time, never on a boundary', () => {
    expect(boundaries('Pacific/Chatham', '2026-04-04T10:14Z', '2026-04-04T19:15Z')).toEqual([
      '2026-04-04T10:15', // 5 April 00:00 +13:45
      '2026-04-04T15:15', // 04:00 +12:45
      '2026-04-04T19:15',
    ]);
    expect(boundaries('Pacific/Chatham', '2026-09-26T11:14Z', '2026-09-26T18:15Z')).toEqual([
      '2026-09-26T11:15', // 27 September 00:00 +12:45
      '2026-09-26T14:15', // 04:00 +13:45
      '2026-09-26T18:15',
    ]);
  });

  it('Antarctica/Troll moves its clocks by two hours: 2 and 6 hours', () => {
    expect(boundaries('Antarctica/Troll', '2026-03-28T23:59Z', '2026-03-29T06:00Z')).toEqual([
      '2026-03-29T00:00', // 00:00 +00:00
      '2026-03-29T02:00', // 04:00 +02:00
      '2026-03-29T06:00',
    ]);
    expect(boundaries('Antarctica/Troll', '2026-10-24T21:59Z', '2026-10-25T08:00Z')).toEqual([
      '2026-10-24T22:00', // 00:00 +02:00
      '2026-10-25T04:00', // 04:00 +00:00
      '2026-10-25T08:00',
    ]);
  });
});

describe('boundaries that daylight saving removes or repeats', () => {
  it('Africa/Cairo, 24 April 2026: 00:00 does not exist, so the boundary is the jump to 01:00', () => {
    expect(boundaries('Africa/Cairo', '2026-04-23T17:59Z', '2026-04-24T05:00Z')).toEqual([
      '2026-04-23T18:00', // 20:00 +02:00
      '2026-04-23T22:00', // 01:00 +03:00
      '2026-04-24T01:00', // 04:00 +03:00
      '2026-04-24T05:00',
    ]);
  });

  it('Africa/Cairo, 29 October 2026: at midnight it is 23:00 again, so the evening lasts 5 hours', () => {
    expect(boundaries('Africa/Cairo', '2026-10-29T16:59Z', '2026-10-30T02:00Z')).toEqual([
      '2026-10-29T17:00', // 20:00 +03:00
      '2026-10-29T22:00', // 00:00 +02:00
      '2026-10-30T02:00',
    ]);
  });

  it('America/Havana, 8 March 2026: 00:00 does not exist, so the boundary is the jump to 01:00', () => {
    expect(boundaries('America/Havana', '2026-03-08T00:59Z', '2026-03-08T12:00Z')).toEqual([
      '2026-03-08T01:00', // 20:00 -05:00
      '2026-03-08T05:00', // 01:00 -04:00
      '2026-03-08T08:00', // 04:00 -04:00
      '2026-03-08T12:00',
    ]);
  });

  it('America/Havana, 1 November 2026: 00:00 comes twice, and the first is the boundary', () => {
    expect(boundaries('America/Havana', '2026-11-01T03:59Z', '2026-11-01T13:00Z')).toEqual([
      '2026-11-01T04:00', // 00:00 -04:00, and again at 05:00Z
      '2026-11-01T09:00', // 04:00 -05:00
      '2026-11-01T13:00',
    ]);
  });

  it('Pacific/Apia: the six readings of 30 December 2011, which did not exist, make one boundary', () => {
    const minutes = boundaries('Pacific/Apia', '2011-12-30T01:59Z', '2011-12-30T18:00Z');
    expect(minutes).toEqual([
      '2011-12-30T02:00', // 29 December 16:00 -10:00
      '2011-12-30T06:00', // 29 December 20:00 -10:00
      '2011-12-30T10:00', // 31 December 00:00 +14:00
      '2011-12-30T14:00',
      '2011-12-30T18:00',
    ]);
    expect(lengths(minutes)).toEqual([4, 4, 4, 4]);
  });
});

describe('the span asked for', () => {
  it('excludes its start and includes its end', () => {
    expect(boundaries('UTC', '2026-11-22T04:00Z', '2026-11-22T08:00Z')).toEqual(['2026-11-22T08:00']);
    expect(boundaries('UTC', '2026-11-22T04:00Z', '2026-11-22T07:59:59.999Z')).toEqual([]);
    expect(boundaries('UTC', '2026-11-22T03:59:59.999Z', '2026-11-22T04:00Z')).toEqual(['2026-11-22T04:00']);
  });

  it('may be empty or turned round', () => {
    expect(boundaries('UTC', '2026-11-22T04:00Z', '2026-11-22T04:00Z')).toEqual([]);
    expect(boundaries('UTC', '2026-11-22T12:00Z', '2026-11-22T04:00Z')).toEqual([]);
  });

  it('nextBoundary is strictly after, boundaryAtOrBefore at or before', () => {
    const eight = at('2026-11-22T08:00Z');
    expect(nextBoundary('UTC', eight)).toBe(at('2026-11-22T12:00Z'));
    expect(nextBoundary('UTC', eight - 1)).toBe(eight);
    expect(boundaryAtOrBefore('UTC', eight)).toBe(eight);
    expect(boundaryAtOrBefore('UTC', eight - 1)).toBe(at('2026-11-22T04:00Z'));
  });

  it('crossedBoundary says whether a boundary lies after one instant and up to another', () => {
    expect(crossedBoundary('Asia/Kolkata', at('2026-11-22T02:15Z'), at('2026-11-22T02:30Z'))).toBe(true);
    expect(crossedBoundary('Asia/Kolkata', at('2026-11-22T02:30Z'), at('2026-11-22T06:15Z'))).toBe(false);
  });
});

describe('what is no zone or no instant', () => {
  it.each(['Mars/Olympus', '', 'Europe/Berlin '])('%j is refused', timeZone => {
    expect(() => nextBoundary(timeZone, 0)).toThrow(RangeError);
    expect(() => boundaryAtOrBefore(timeZone, 0)).toThrow(RangeError);
    expect(() => crossedBoundary(timeZone, 0, 1)).toThrow(RangeError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15])(
    '%d is refused, and no loop without end',
    instant => {
      expect(() => nextBoundary('UTC', instant)).toThrow(RangeError);
    },
  );
});
