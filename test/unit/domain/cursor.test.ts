import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Attempt,
  attemptsWith,
  leasedToAnother,
  mayHaveBeenWritten,
} from '../../../lambdas/domain/cursor.ts';

const attempt = (token: string, more: Partial<Attempt> = {}): Attempt => ({
  token,
  place: 'gcs://bucket',
  partBytes: 1000,
  startedAt: 0,
  step: 'creating',
  ...more,
});
const mine = attempt('mine');

test('an object may be ours if another attempt at the same place can have created it', () => {
  expect(mayHaveBeenWritten([mine], mine)).toBe(false);
  expect(mayHaveBeenWritten([mine, attempt('other', { place: 's3://bucket' })], mine)).toBe(false);
  expect(mayHaveBeenWritten([mine, attempt('other', { step: 'staging' })], mine)).toBe(false);
  expect(mayHaveBeenWritten([mine, attempt('other', { step: 'creating' })], mine)).toBe(true);
});

test('an object that was cut at another size is not the file that is being made', () => {
  expect(mayHaveBeenWritten([mine, attempt('other', { partBytes: 2000 })], mine)).toBe(false);
});

test('the exporter of another message holds the account until its lease ends; an earlier try of the same message does not', () => {
  const cursor = (...attempts: Attempt[]) => ({
    exportedThrough: 0,
    version: 1,
    lastWrite: '',
    failures: 0,
    attempts,
  });
  const leased = attempt('other', { lease: { messageId: 'theirs', until: 100 } });
  const third = attempt('third', { lease: { messageId: 'third', until: 200 } });
  expect(leasedToAnother(cursor(), 'mine', 0)).toBeUndefined();
  expect(leasedToAnother(cursor(attempt('other')), 'mine', 0)).toBeUndefined();
  expect(leasedToAnother(cursor(leased), 'mine', 99)).toBe(100);
  expect(leasedToAnother(cursor(leased), 'mine', 100)).toBeUndefined();
  expect(leasedToAnother(cursor(leased), 'theirs', 99)).toBeUndefined();
  expect(leasedToAnother(cursor(leased, third), 'mine', 99)).toBe(200);
});

test('an attempt that begins leaves all that may have created, and none that only staged', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          place: fc.constantFrom('gcs://bucket', 's3://bucket'),
          step: fc.constantFrom('staging' as const, 'creating' as const),
          startedAt: fc.nat(),
        }),
        { maxLength: 19 },
      ),
      drawn => {
        const earlier = drawn.map((more, index) => attempt(String(index), more));
        const kept = attemptsWith(
          [...earlier, attempt('mine', { lease: { messageId: 'mine', until: 1 } })],
          mine,
        );
        expect(kept).toEqual([...earlier.filter(({ step }) => step !== 'staging'), mine]);
      },
    ),
  );
});

test('the attempts of weeks in which a destination cannot be reached do not pile up without end', () => {
  let attempts: readonly Attempt[] = [attempt('elsewhere', { place: 's3://another' })];
  for (let token = 0; token < 1000; token++)
    attempts = attemptsWith(attempts, attempt(String(token), { startedAt: token }));
  expect(attempts.filter(({ place }) => place === 'gcs://bucket')).toHaveLength(20);
  expect(attempts.map(({ token }) => token)).toContain('999');
  expect(attempts.map(({ token }) => token)).toContain('elsewhere');
  expect(mayHaveBeenWritten(attempts, mine)).toBe(true);
});

test('an attempt that is still staging the same file stays, and any other that only staged goes', () => {
  const begins = attempt('mine', { startedAt: 50 });
  const staging = (token: string, until: number, more: Partial<Attempt> = {}) =>
    attempt(token, { step: 'staging', lease: { messageId: 'copy', until }, ...more });
  const alive = staging('alive', 100);
  const others = [
    staging('killed', 50),
    staging('larger', 100, { partBytes: 2000 }),
    staging('elsewhere', 100, { place: 's3://bucket' }),
    attempt('failed', { step: 'staging' }),
  ];
  expect(attemptsWith([alive, ...others], begins)).toEqual([alive, begins]);
});
