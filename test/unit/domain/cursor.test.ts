import { expect, test } from 'vitest';
import {
  type Attempt,
  attemptAt,
  isWorthNoting,
  mayHaveBeenWritten,
} from '../../../lambdas/domain/cursor.ts';

const mine = attemptAt('gcs://bucket', 'mine');

test('an object may be ours if another attempt at the same place was made', () => {
  expect(mayHaveBeenWritten([mine], mine)).toBe(false);
  expect(mayHaveBeenWritten([mine, attemptAt('s3://bucket', 'other')], mine)).toBe(false);
  expect(mayHaveBeenWritten([mine, attemptAt('gcs://bucket', 'other')], mine)).toBe(true);
});

test('the attempts of weeks in which a destination cannot be reached do not pile up without end', () => {
  const attempts: Attempt[] = [];
  for (let token = 0; token < 1000; token++) {
    const attempt = attemptAt('gcs://bucket', String(token));
    if (isWorthNoting(attempts, attempt)) attempts.push(attempt);
  }
  expect(attempts.length).toBeLessThanOrEqual(20);
  expect(mayHaveBeenWritten(attempts, mine)).toBe(true);
  expect(isWorthNoting(attempts, attemptAt('s3://another', 'mine'))).toBe(true);
});
