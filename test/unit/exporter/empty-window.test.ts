import { expect, test, vi } from 'vitest';
import { encodeRows } from '../../../lambdas/archive/encode-rows.ts';
import {
  type Answer,
  type Bucket,
  created,
  exists,
  type NewObject,
  refused,
  unclear,
} from '../../../lambdas/buckets/bucket.ts';
import { defaultAttributes, type StoredRow } from '../../../lambdas/domain/audit-record.ts';
import type { Attempt, Cursor } from '../../../lambdas/domain/cursor.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { isTestObjectKey } from '../../../lambdas/domain/test-object.ts';
import { deliverPart } from '../../../lambdas/exporter/deliver-part.ts';
import { accountWithoutRows, emptyDelivery } from './empty-delivery.ts';

const week = 7 * 24 * 3_600_000;
const row: StoredRow = { recordedAt: '2026-11-22T05:00:00.000Z#1', email: 'eva@example.com' };

/** Delivers a window for an account that wants no object for windows without rows. */
async function deliver({
  rows = [],
  answer = created,
  acceptedAt,
  attempts = [],
  deliveredTo,
}: {
  readonly rows?: readonly StoredRow[];
  readonly answer?: Answer;
  /** How long before the delivery the bucket accepted an object; absent if it never did. */
  readonly acceptedAt?: number;
  readonly attempts?: readonly Attempt[];
  readonly deliveredTo?: string;
}) {
  const objects: NewObject[] = [];
  const bucket: Bucket = {
    async create(object, { step }) {
      objects.push(object);
      for await (const _ of object.body);
      await step('creating');
      return answer;
    },
    close: () => undefined,
  };
  const page = encodeRows(rows, defaultAttributes);
  const { delivery, ledger, events } = emptyDelivery({ bucket, page, acceptedAt, attempts, deliveredTo });
  const commit = vi.spyOn(ledger, 'commit');
  const outcome = await deliverPart(delivery).catch((thrown: unknown) => thrown);
  const [, cursor, file] = commit.mock.calls[0] ?? [];
  return { outcome, objects, cursor: cursor as Cursor | undefined, file, events };
}

test('a window without rows gives no object, and the ledger and an event tell of it', async () => {
  const { objects, file, events } = await deliver({ acceptedAt: week - 1 });
  expect(objects).toEqual([]);
  expect(file).toMatchObject({ records: 0, bytes: 0, final: true });
  expect(file).not.toHaveProperty('key');
  expect(events).toEqual(['delivered']);
});

test('a window with rows gives an object', async () => {
  const { objects, file } = await deliver({ rows: [row], acceptedAt: 0 });
  expect(objects.map(({ key }) => key)).toEqual([file?.key]);
  expect(file?.records).toBe(1);
});

test.each([
  ['never', undefined],
  ['a week ago', week],
])('the bucket is tried with one object if it last accepted one %s', async (_, acceptedAt) => {
  const { objects, cursor, file } = await deliver({ ...(acceptedAt !== undefined && { acceptedAt }) });
  expect(objects.map(({ key }) => isTestObjectKey(key))).toEqual([true]);
  expect(file).not.toHaveProperty('key');
  expect(cursor?.acceptedAt).toBe(accountWithoutRows.now);
});

test('an earlier test object shows as well that the bucket accepts files', async () => {
  const { cursor } = await deliver({ answer: exists('412') });
  expect(cursor?.acceptedAt).toBe(accountWithoutRows.now);
});

test.each([
  ['refused', refused(new ExportError('credentials_rejected', 'The key is revoked')), 'failed'],
  [
    'unclear',
    unclear(new ExportError('network', 'The connection broke')),
    expect.objectContaining({ code: 'network' }),
  ],
])('a test object that is %s is a failure: the window stays owed', async (_, answer, expected) => {
  const { outcome, file } = await deliver({ answer });
  expect(outcome).toEqual(expected);
  expect(file).toBeUndefined();
});

test('the cursor keeps when the bucket accepted an object', async () => {
  const { cursor } = await deliver({ acceptedAt: 1000 });
  expect(cursor?.acceptedAt).toBe(accountWithoutRows.now - 1000);
});

test('another bucket is tried, although the former one has accepted an object', async () => {
  const { objects } = await deliver({ acceptedAt: 1000, deliveredTo: 'gcs://former-bucket' });
  expect(objects.map(({ key }) => isTestObjectKey(key))).toEqual([true]);
});

const earlier: Attempt = {
  token: 'earlier',
  place: 'gcs://quiet-bucket',
  partBytes: 1000,
  startedAt: accountWithoutRows.now - 3_600_000,
  step: 'creating',
};

test('a window whose rows are gone gives an object if an earlier attempt may have created it', async () => {
  const { objects, file } = await deliver({ acceptedAt: 0, attempts: [earlier] });
  expect(objects.map(({ key }) => key)).toEqual([file?.key]);
});

test.each([
  ['has only staged', { ...earlier, step: 'staging' as const }],
  ['was at another place', { ...earlier, place: 'gcs://former-bucket' }],
])('an earlier attempt that %s is no reason for an object', async (_, attempt) => {
  const { objects } = await deliver({ acceptedAt: 0, attempts: [attempt] });
  expect(objects).toEqual([]);
});
