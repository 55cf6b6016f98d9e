import type { Page } from '../../../lambdas/archive/page.ts';
import type { Bucket } from '../../../lambdas/buckets/bucket.ts';
import { parseAccount } from '../../../lambdas/domain/account.ts';
import type { Attempt, Cursor, Intent } from '../../../lambdas/domain/cursor.ts';
import { recipeOf } from '../../../lambdas/domain/recipe.ts';
import type { PartDelivery } from '../../../lambdas/exporter/part-delivery.ts';
import type { ExporterPorts } from '../../../lambdas/exporter/ports.ts';
import { idlePorts } from './idle-ports.ts';

const window = { start: Date.UTC(2026, 10, 22, 4), end: Date.UTC(2026, 10, 22, 8) };
const limits = { partBytes: 1000, level: 1, mapping: 'm1' };

/** An account that wants no object for windows without rows, at the instant of its delivery. */
export const accountWithoutRows = {
  now: window.end,
  account: parseAccount({
    accountId: 'quiet',
    timeZone: 'UTC',
    status: 'active',
    destination: { type: 'gcs', bucket: 'quiet-bucket' },
    secretId: 'siem-export/quiet',
    emptyWindows: 'skip',
  }),
};

/** The delivery of the account's next window from one page of rows, with ports in memory. */
export function emptyDelivery({
  bucket,
  page,
  acceptedAt,
  attempts,
  deliveredTo = 'gcs://quiet-bucket',
}: {
  readonly bucket: Bucket;
  readonly page: Page;
  /** How long before the delivery the bucket accepted an object, in milliseconds. */
  readonly acceptedAt: number | undefined;
  readonly attempts: readonly Attempt[];
  /** The place of the file before. */
  readonly deliveredTo?: string | undefined;
}) {
  const { now, account } = accountWithoutRows;
  const intent: Intent = { window, part: 1, recipe: recipeOf(account, limits) };
  const cursor: Cursor = {
    exportedThrough: window.start,
    version: 3,
    lastWrite: 'committed 2',
    intent,
    attempts,
    failures: 0,
    deliveredTo,
    ...(acceptedAt !== undefined && { acceptedAt: now - acceptedAt }),
  };
  const events: string[] = [];
  const note = (name: string) => async () => {
    events.push(name);
  };
  const idle = idlePorts(cursor);
  const ports: ExporterPorts = {
    ...idle,
    auditLog: {
      async *pages() {
        yield page;
      },
      count: async () => page.count,
    },
    buckets: { open: async () => bucket, reopen: async () => undefined },
    events: {
      delivered: note('delivered'),
      failed: note('failed'),
      recovered: note('recovered'),
      redirected: note('redirected'),
      stopped: note('stopped'),
      recordedLate: note('recordedLate'),
    },
    clock: { ...idle.clock, now: () => now },
  };
  const delivery: PartDelivery = {
    account,
    cursor,
    intent,
    token: 'mine',
    messageId: 'message-1',
    leasesFirst: false,
    admitted: { patience: 5000, heard: async () => undefined },
    ports,
    settings: { settle: 0, limits, writerVersion: 'test' },
    deadline: { allowsAnotherPart: () => true, signal: new AbortController().signal, end: now + 900_000 },
  };
  return { delivery, ledger: idle.ledger, events };
}
