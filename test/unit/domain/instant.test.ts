import { expect, it } from 'vitest';
import { toCompact, toIso } from '../../../lambdas/domain/instant.ts';

const instant = Date.parse('2026-11-22T18:30:00.120Z');

it('an instant reads as ISO 8601 in UTC with milliseconds', () => {
  expect(toIso(instant)).toBe('2026-11-22T18:30:00.120Z');
});

it('in keys it reads without separators, to the second', () => {
  expect(toCompact(instant)).toBe('20261122T183000Z');
});
