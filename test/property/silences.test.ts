import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admissionOf, noSilences, type Silences, usedAfter } from '../../lambdas/domain/silence.ts';

const start = Date.UTC(2026, 10, 23, 8);
const minute = 60_000;
/**
 * The average number of exporters that may wait for something with a permit, and the number of entries that are kept.
 */
const [exporters, kept] = [3, 10_000];

describe('a permit', () => {
  it('never lets more exporters wait than three at once and what was kept for ten seconds', () => {
    const asking = fc.record({
      after: fc.integer({ min: 0, max: 3000 }),
      patience: fc.constantFrom(1000, 5000, 30_000),
    });
    fc.assert(
      fc.property(fc.array(asking, { maxLength: 200 }), all => {
        let [now, waited] = [start, 0];
        let used: number | undefined;
        for (const { after, patience } of all) {
          now += after;
          const next = usedAfter(used, { name: 'again gcs', cost: Math.ceil(patience / exporters) }, now);
          if (next === undefined) continue;
          used = next;
          waited += patience;
          expect(waited).toBeLessThanOrEqual(exporters * (now - start + kept));
        }
      }),
    );
  });

  it('is there for everybody after ten seconds in which nobody used it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -minute, max: 0 }),
        fc.constantFrom(1000, 5000, 30_000),
        (used, patience) => {
          const cost = Math.ceil(patience / exporters);
          expect(usedAfter(start + used, { name: 'first gcs', cost }, start + kept)).toBeDefined();
        },
      ),
    );
  });
});

describe('whether a destination may be asked', () => {
  const region = 'gcs';
  const silence = fc.record({
    region: fc.constantFrom(region, 'azure public'),
    asked: fc.integer({ min: start - minute, max: start }),
    ended: fc.integer({ min: start, max: start + minute }),
  });
  const silences: fc.Arbitrary<Silences> = fc
    .array(silence, { maxLength: 12 })
    .map(all => ({ ...noSilences, buckets: new Map(all.map((one, index) => [`gcs://${index}`, one])) }));
  const asker = fc.record({
    target: fc.integer({ min: 0, max: 20 }).map(index => ({ bucket: `gcs://${index}`, region })),
    lastError: fc.option(
      fc.record({
        code: fc.constantFrom('no_answer', 'region_silent', 'access_denied'),
        at: fc.integer({ min: start - minute, max: start }),
      }),
      { nil: undefined },
    ),
    received: fc.integer({ min: 1, max: 8 }),
  });
  const now = start + 2 * minute;

  it('hangs on no other region', () => {
    fc.assert(
      fc.property(silences, asker, (known, who) => {
        const there = [...known.buckets].filter(([, one]) => one.region === region);
        // A bucket is in one region only.
        fc.pre(known.buckets.get(who.target.bucket)?.region !== 'azure public');
        expect(admissionOf({ ...known, buckets: new Map(there) }, who, now)).toEqual(
          admissionOf(known, who, now),
        );
      }),
    );
  });

  it('is never refused to a bucket that is not silent itself once another of the region has been answered', () => {
    fc.assert(
      fc.property(silences, asker, (known, who) => {
        fc.pre(!known.buckets.has(who.target.bucket) && who.lastError?.code !== 'no_answer');
        const answered = new Map([[region, start]]);
        expect(admissionOf({ ...known, answered }, who, now).kind).toBe('free');
      }),
    );
  });
});
