import { expect, test } from 'vitest';
import { sampleKeys, turnOf } from '../../../lambdas/watchdog/sample-keys.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-22T15:40:00Z');
const accountIds = Array.from({ length: 1_001 }, (_, index) => `account-${index}`);

test('no hour looks at more accounts than it may, and in turn all are looked at', () => {
  const turns = Array.from({ length: 6 }, (_, index) => turnOf(accountIds, now + index * hour, 200));
  for (const turn of turns) expect(turn.length).toBeLessThanOrEqual(200);
  expect(turns.flat().sort()).toEqual(accountIds.toSorted());
});

test('a small fleet is looked at whole every hour', () => {
  expect(turnOf(['b', 'a'], now)).toEqual(['a', 'b']);
  expect(turnOf([], now)).toEqual([]);
});

test('an account without rows has no key that could be unreadable', async () => {
  const keys = new Map([
    ['new', 1_795_334_399_120],
    ['seconds', 1_795_334_399],
  ]);
  const type = 'epochMilliseconds';
  const newestKey = async (accountId: string) => keys.get(accountId);
  const found = await sampleKeys(['none', 'new', 'seconds'], { type, newestKey }, thrown =>
    expect.fail(String(thrown)),
  );
  expect(found).toEqual({
    sampled: 3,
    unreadable: [{ accountId: 'seconds', form: 'a number of seconds since 1970' }],
  });
});

test('an account whose rows cannot be read does not hide what is found of the others', async () => {
  const failures: unknown[] = [];
  const newestKey = async (accountId: string) => {
    if (accountId === 'throttled') throw new Error(accountId);
    return 1_795_334_399;
  };
  const keys = { type: 'epochMilliseconds', newestKey } as const;
  const found = await sampleKeys(['throttled', 'seconds'], keys, thrown => failures.push(thrown));
  expect(found).toMatchObject({ sampled: 1, unreadable: [{ accountId: 'seconds' }] });
  expect(failures).toEqual([new Error('throttled')]);
});
