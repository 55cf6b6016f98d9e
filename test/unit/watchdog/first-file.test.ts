import { describe, expect, it } from 'vitest';
import { overdueFirstFiles } from '../../../lambdas/watchdog/first-file.ts';
import type { Sightings } from '../../../lambdas/watchdog/ports.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-22T15:40:00Z');
const grace = 2 * hour;

const seen = (since: Record<string, number>): Sightings => ({
  note: async accountIds => new Map(accountIds.map(id => [id, since[id] ?? now])),
});

describe('the first file of an account', () => {
  it('is not overdue when the account was just added', async () => {
    expect(await overdueFirstFiles(['acme'], now, grace, seen({}))).toEqual([]);
  });

  it('may take the longest window and the grace', async () => {
    const sightings = seen({ waiting: now - 7 * hour, forgotten: now - 7 * hour - 1 });
    expect(await overdueFirstFiles(['waiting', 'forgotten'], now, grace, sightings)).toEqual(['forgotten']);
  });

  it('is overdue for those alone that waited, however many were added since', async () => {
    const added = Array.from({ length: 50 }, (_, index) => `new-${index}`);
    const sightings = seen({ forgotten: now - 24 * hour });
    expect(await overdueFirstFiles([...added, 'forgotten'], now, grace, sightings)).toEqual(['forgotten']);
  });
});
