import { expect, test, vi } from 'vitest';
import { deflateSynchronously } from '../../../lambdas/archive/deflate.ts';
import type { Bucket, Creation } from '../../../lambdas/buckets/bucket.ts';
import { parseAccount } from '../../../lambdas/domain/account.ts';
import type { Cursor, Intent } from '../../../lambdas/domain/cursor.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { recipeOf } from '../../../lambdas/domain/recipe.ts';
import { deliverPart } from '../../../lambdas/exporter/deliver-part.ts';
import type { ExporterPorts } from '../../../lambdas/exporter/ports.ts';

const account = parseAccount({
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'new-bucket' },
  secretId: 'siem-export/acme',
});
const window = { start: Date.UTC(2026, 10, 22, 4), end: Date.UTC(2026, 10, 22, 8) };
const intent: Intent = { window, part: 1, recipe: recipeOf(account, { partBytes: 1000, level: 1 }) };

const bodyOf = async (body: AsyncIterable<Uint8Array>) => {
  for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0);
};

/** A bucket that has the whole body and then ends so. */
function bucketThat(end: () => Creation): Bucket {
  return {
    async create({ body }) {
      await bodyOf(body);
      return end();
    },
    close: () => undefined,
  };
}

const rejection = (unclear: boolean) => () => {
  throw new ExportError('credentials_rejected', 'The credential is rejected', { unclear });
};

function deliver(buckets: readonly Bucket[]) {
  const cursor: Cursor = {
    exportedThrough: window.start,
    version: 3,
    intent,
    attempts: ['mine gcs://new-bucket'],
    failures: 0,
  };
  const recordFailure = vi.fn<ExporterPorts['ledger']['recordFailure']>(async () => true);
  const readings: AbortSignal[] = [];
  const [first, second] = buckets;
  if (!first) throw new Error('A bucket is needed');
  const quiet = async () => undefined;
  const ports: ExporterPorts = {
    accounts: { read: quiet },
    ledger: {
      readCursor: async () => cursor,
      createCursor: async () => cursor,
      begin: async () => cursor,
      commit: async () => ({ ...cursor, version: 4 }),
      recordFailure,
      recordStop: async () => true,
    },
    auditLog: {
      async *pages(_accountId, _window, _after, signal) {
        readings.push(signal);
        yield* [];
      },
    },
    buckets: { open: async () => first, reopen: async () => second },
    queue: { send: quiet },
    events: { delivered: quiet, failed: quiet, recovered: quiet, stopped: quiet },
    telemetry: {
      delivered: () => undefined,
      failed: () => undefined,
      stopped: () => undefined,
      note: () => undefined,
    },
    clock: { now: () => window.end, token: () => 'next' },
    deflateBlock: deflateSynchronously,
  };
  const outcome = deliverPart({
    account,
    cursor,
    intent,
    token: 'mine',
    ports,
    settings: { settle: 0, limits: { partBytes: 1000, level: 1 }, writerVersion: 'test' },
    deadline: { allowsAnotherPart: () => true, signal: new AbortController().signal },
  });
  return { outcome, recordFailure, readings };
}

test('an object that exists after a rejection without a clear answer counts as our own', async () => {
  const { outcome } = deliver([bucketThat(rejection(true)), bucketThat(() => 'exists')]);
  await expect(outcome).resolves.toMatchObject({ version: 4 });
});

test('an object that exists after a clear rejection does not', async () => {
  const { outcome, recordFailure } = deliver([bucketThat(rejection(false)), bucketThat(() => 'exists')]);
  await expect(outcome).resolves.toBe('failed');
  expect(recordFailure).toHaveBeenCalledWith(
    'acme',
    expect.anything(),
    expect.objectContaining({ code: 'object_exists' }),
    'mine gcs://new-bucket',
  );
});

test('a refusal of the second upload does not strike out what the first one left unclear', async () => {
  const denied = () => {
    throw new ExportError('access_denied', 'The credential may not create the object');
  };
  const { outcome, recordFailure } = deliver([bucketThat(rejection(true)), bucketThat(denied)]);
  await expect(outcome).resolves.toBe('failed');
  expect(recordFailure).toHaveBeenCalledWith(
    'acme',
    expect.anything(),
    expect.objectContaining({ code: 'access_denied' }),
    undefined,
  );
});

test('the rows of an object that exists are read again only if its upload did not read them all', async () => {
  const perhapsOurs = (): Creation => 'exists-perhaps-ours';
  const whole = deliver([bucketThat(perhapsOurs)]);
  await expect(whole.outcome).resolves.toMatchObject({ version: 4 });
  expect(whole.readings).toHaveLength(1);

  const early: Bucket = { create: async () => perhapsOurs(), close: () => undefined };
  const refused = deliver([early]);
  await expect(refused.outcome).resolves.toMatchObject({ version: 4 });
  expect(refused.readings).toHaveLength(1);
});

test('whoever still reads for an upload that is over is stopped', async () => {
  const giving: Bucket = {
    async create({ body }) {
      await body[Symbol.asyncIterator]().next();
      throw new ExportError('access_denied', 'The credential may not create the object');
    },
    close: () => undefined,
  };
  const { outcome, readings } = deliver([giving]);
  await expect(outcome).resolves.toBe('failed');
  expect(readings.map(signal => signal.aborted)).toEqual([true]);
});
