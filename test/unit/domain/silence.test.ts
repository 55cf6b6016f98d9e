import { expect, test } from 'vitest';
import {
  isWorthNoting,
  patienceAt,
  type Silences,
  suspensionOf,
  targetOf,
} from '../../../lambdas/domain/silence.ts';

const now = Date.UTC(2026, 10, 23, 8);
const sixHours = 6 * 3_600_000;
const region = 's3 eu-central-1';
const target = { bucket: 's3://acme', region };

const never = () => undefined;

const known = (silent: Record<string, number>, answered?: number): Silences => ({
  buckets: new Map(Object.entries(silent).map(([bucket, at]) => [bucket, { region, at }])),
  answered: new Map(answered === undefined ? [] : [[region, answered]]),
});

test('one silent bucket suspends its own accounts and nobody else’s', () => {
  expect(suspensionOf(known({ 's3://acme': now }), target, never, now)?.bucket).toBe('s3://acme');
  expect(suspensionOf(known({ 's3://other': now }), target, never, now)).toBeUndefined();
});

test('a bucket that has answered this process since suspends its accounts no longer', () => {
  const silences = known({ 's3://acme': now - 1 });
  const since = (name: string) => (name === 's3://acme' ? now : undefined);
  expect(suspensionOf(silences, target, since, now)).toBeUndefined();
});

test('three silent buckets suspend their region, and no other', () => {
  const silences = known({ 's3://a': now - 2, 's3://b': now, 's3://c': now - 1 });
  expect(suspensionOf(silences, target, never, now)).toEqual({ bucket: 's3://b', region, at: now });
  const elsewhere = { ...target, region: 's3 us-east-1' };
  expect(suspensionOf(silences, elsewhere, never, now)).toBeUndefined();
});

test('buckets that were silent while others of their region were answered suspend nothing', () => {
  const silent = { 's3://a': now, 's3://b': now, 's3://c': now };
  expect(suspensionOf(known(silent, now - 4000), target, never, now)).toBeUndefined();
  expect(suspensionOf(known(silent), target, () => now - 4000, now)).toBeUndefined();
  expect(suspensionOf(known(silent, now - 6000), target, () => now - 6000, now)).toBeDefined();
});

test('what nobody has tried for six hours is known no more', () => {
  const silences = known({ 's3://acme': now, 's3://a': now, 's3://b': now });
  expect(suspensionOf(silences, target, never, now + sixHours)).toBeDefined();
  expect(suspensionOf(silences, target, never, now + sixHours + 1)).toBeUndefined();
});

test('of a region with ten silent buckets no further one is noted', () => {
  const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`s3://${index}`, now]));
  expect(isWorthNoting(known(nine), target, now)).toBe(true);
  const ten = known({ ...nine, 's3://9': now });
  expect(isWorthNoting(ten, target, now)).toBe(false);
  expect(isWorthNoting(ten, { bucket: 's3://9', region }, now)).toBe(true);
  expect(isWorthNoting(ten, { ...target, region: 'gcs' }, now)).toBe(true);
  expect(isWorthNoting(ten, target, now + sixHours + 1)).toBe(true);
});

test('containers of a storage account are silent together, and every cloud of Azure’s by itself', () => {
  const azure = { type: 'azure', storageAccount: 'acme', container: 'audit' } as const;
  expect(targetOf(azure)).toEqual({ bucket: 'azure://acme', region: 'azure public' });
  expect(targetOf({ ...azure, cloud: 'china' }).region).toBe('azure china');
});

test('a message that failed twice gives the cloud more time', () => {
  expect([1, 2, 3, 8].map(patienceAt)).toEqual([5000, 5000, 30_000, 30_000]);
});
