import { expect, test, vi } from 'vitest';
import { encodeRows } from '../../../lambdas/archive/encode-rows.ts';
import type { Page } from '../../../lambdas/archive/page.ts';
import {
  type Answer,
  type Bucket,
  created,
  exists,
  refused,
  type UploadWatch,
  unclear,
} from '../../../lambdas/buckets/bucket.ts';
import { parseAccount } from '../../../lambdas/domain/account.ts';
import { defaultAttributes } from '../../../lambdas/domain/audit-record.ts';
import type { Attempt, Cursor, Intent } from '../../../lambdas/domain/cursor.ts';
import { ExportError, toExportError } from '../../../lambdas/domain/failure.ts';
import { recipeOf } from '../../../lambdas/domain/recipe.ts';
import { deliverPart } from '../../../lambdas/exporter/deliver-part.ts';
import type { ExporterPorts } from '../../../lambdas/exporter/ports.ts';
import { idlePorts } from './idle-ports.ts';

const account = parseAccount({
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'new-bucket' },
  secretId: 'siem-export/acme',
});
const window = { start: Date.UTC(2026, 10, 22, 4), end: Date.UTC(2026, 10, 22, 8) };
const intent: Intent = {
  window,
  part: 1,
  recipe: recipeOf(account, { partBytes: 1000, level: 1, mapping: 'm1' }),
};

const mine: Attempt = {
  token: 'mine',
  place: 'gcs://new-bucket',
  partBytes: 1000,
  startedAt: window.end,
  lease: { messageId: 'message-1', until: window.end + 900_000 },
  step: 'creating',
};

/** A bucket that takes the whole body by one request and answers so. */
function bucketThat(answer: Answer): Bucket {
  return {
    async create({ body }, { step }) {
      for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0);
      try {
        await step('creating');
        return answer;
      } catch (thrown) {
        return refused(toExportError(thrown));
      }
    },
    close: () => undefined,
  };
}

const rejection = new ExportError('credentials_rejected', 'The credential is rejected');
const denial = new ExportError('access_denied', 'The credential may not create the object');

function deliver(
  buckets: readonly Bucket[],
  {
    pages = [],
    before = [],
    ledger = {},
    leasesFirst = false,
  }: {
    readonly pages?: readonly Page[];
    /** Attempts that stand in the cursor before. */
    readonly before?: readonly Attempt[];
    readonly ledger?: Partial<ExporterPorts['ledger']>;
    readonly leasesFirst?: boolean;
  } = {},
) {
  const cursor: Cursor = {
    exportedThrough: window.start,
    version: 3,
    lastWrite: 'begun mine',
    intent,
    attempts: before,
    failures: 0,
  };
  const steps: string[] = [];
  const begun: Cursor = { ...cursor, attempts: [...before, mine] };
  const begin = async (_id: string, _cursor: Cursor, _intent: Intent, { step }: Attempt) => {
    steps.push(step);
    return begun;
  };
  const noteCreating = async () => {
    steps.push('creating');
    return true;
  };
  const recordFailure = vi.fn<ExporterPorts['ledger']['recordFailure']>(async () => true);
  const readings: AbortSignal[] = [];
  const lacking: string[] = [];
  const [first, second] = buckets;
  if (!first) throw new Error('A bucket is needed');
  const idle = idlePorts(cursor);
  const ports: ExporterPorts = {
    ...idle,
    ledger: { ...idle.ledger, readCursor: async () => begun, begin, noteCreating, recordFailure, ...ledger },
    auditLog: {
      ...idle.auditLog,
      async *pages(_accountId, _window, _after, signal) {
        readings.push(signal);
        yield* pages;
      },
    },
    buckets: { open: async () => first, reopen: async () => second },
    telemetry: { ...idle.telemetry, lacking: (_accountId, _file, fields) => lacking.push(...fields) },
    clock: { ...idle.clock, now: () => window.end },
  };
  const outcome = deliverPart({
    account,
    cursor,
    intent,
    token: 'mine',
    messageId: 'message-1',
    leasesFirst,
    admitted: { patience: 5000, heard: async () => undefined },
    ports,
    settings: { settle: 0, limits: { partBytes: 1000, level: 1, mapping: 'm1' }, writerVersion: 'test' },
    deadline: {
      allowsAnotherPart: () => true,
      signal: new AbortController().signal,
      end: window.end + 900_000,
    },
  });
  return { outcome, steps, recordFailure, readings, lacking };
}

test('an object that exists after a rejection without a clear answer counts as our own', async () => {
  const { outcome } = deliver([bucketThat(unclear(rejection)), bucketThat(exists('412'))]);
  await expect(outcome).resolves.toMatchObject({ version: 4 });
});

test('an object that exists after a clear rejection does not, and what the cloud said is told', async () => {
  const { outcome, recordFailure } = deliver([
    bucketThat(refused(rejection)),
    bucketThat(exists('412 taken')),
  ]);
  await expect(outcome).resolves.toBe('failed');
  expect(recordFailure).toHaveBeenCalledWith(
    'acme',
    expect.anything(),
    expect.objectContaining({ code: 'object_exists', message: expect.stringContaining('412 taken') }),
    { attempt: mine, became: 'refused' },
  );
});

test('a refusal of the second upload does not strike out what the first one left unclear', async () => {
  const { outcome, recordFailure } = deliver([bucketThat(unclear(rejection)), bucketThat(refused(denial))]);
  await expect(outcome).resolves.toBe('failed');
  expect(recordFailure).toHaveBeenCalledWith(
    'acme',
    expect.anything(),
    expect.objectContaining({ code: 'access_denied' }),
    { attempt: mine, became: 'unclear' },
  );
});

test('the rows of an object that exists are read again only if its upload did not read them all', async () => {
  const perhapsOurs: Answer = { kind: 'exists', words: '412', afterUnclear: true };
  const whole = deliver([bucketThat(perhapsOurs)]);
  await expect(whole.outcome).resolves.toMatchObject({ version: 4 });
  expect(whole.readings).toHaveLength(1);

  const early: Bucket = { create: async () => perhapsOurs, close: () => undefined };
  const unread = deliver([early]);
  await expect(unread.outcome).resolves.toMatchObject({ version: 4 });
  expect(unread.readings).toHaveLength(1);
});

test('whoever still reads for an upload that is over is stopped', async () => {
  const giving: Bucket = {
    async create({ body }) {
      await body[Symbol.asyncIterator]().next();
      return refused(denial);
    },
    close: () => undefined,
  };
  const { outcome, readings } = deliver([giving]);
  await expect(outcome).resolves.toBe('failed');
  expect(readings.map(signal => signal.aborted)).toEqual([true]);
});

/** A bucket whose upload has several requests: it reports its steps and gives this answer. */
function bucketOfSteps(answer: Answer): Bucket {
  return {
    async create({ body }, { step }: UploadWatch) {
      try {
        await step('staging');
        for await (const chunk of body) expect(chunk.length).toBeGreaterThan(0);
        await step('creating');
        return answer;
      } catch (thrown) {
        return refused(toExportError(thrown));
      }
    },
    close: () => undefined,
  };
}

test('an attempt is noted before the first request, and its steps before they are done', async () => {
  const one = deliver([bucketThat(created)]);
  await expect(one.outcome).resolves.toMatchObject({ version: 4 });
  expect(one.steps).toEqual(['creating']);
  const leased = deliver([bucketThat(created)], { leasesFirst: true });
  await expect(leased.outcome).resolves.toMatchObject({ version: 4 });
  expect(leased.steps).toEqual(['staging', 'creating']);
  const several = deliver([bucketOfSteps(created)]);
  await expect(several.outcome).resolves.toMatchObject({ version: 4 });
  expect(several.steps).toEqual(['staging', 'creating']);
});

test('what fails before the first request is recorded without an attempt', async () => {
  const closed: Bucket = { create: async () => refused(denial), close: () => undefined };
  const { outcome, steps, recordFailure } = deliver([closed]);
  await expect(outcome).resolves.toBe('failed');
  expect(steps).toEqual([]);
  const access_denied = expect.objectContaining({ code: 'access_denied' });
  expect(recordFailure).toHaveBeenCalledWith('acme', expect.anything(), access_denied, undefined);
});

test('an attempt that stands in the ledger, although its exporter did not learn of it, is struck out', async () => {
  const closed: Bucket = { create: async () => refused(denial), close: () => undefined };
  const { outcome, recordFailure } = deliver([closed], { before: [mine] });
  await expect(outcome).resolves.toBe('failed');
  const ended = { attempt: mine, became: 'refused' };
  expect(recordFailure).toHaveBeenCalledWith('acme', expect.anything(), expect.anything(), ended);
});

test('an object that a cloud tells of before anything is sent is committed with an intent', async () => {
  const early: Bucket = { create: async () => exists('412'), close: () => undefined };
  const before: Attempt = { ...mine, token: 'before' };
  const { outcome, steps } = deliver([early], { before: [before] });
  await expect(outcome).resolves.toMatchObject({ version: 4 });
  expect(steps).toEqual(['staging']);
});

test('an upload that another exporter has overtaken creates nothing and records no failure', async () => {
  const begin = async () => undefined;
  const first = deliver([bucketThat(created)], { ledger: { begin } });
  await expect(first.outcome).resolves.toBe('not-begun');
  expect(first.recordFailure).not.toHaveBeenCalled();
  const noteCreating = async () => false;
  const later = deliver([bucketOfSteps(created)], { ledger: { noteCreating } });
  await expect(later.outcome).resolves.toBe('superseded');
  expect(later.recordFailure).not.toHaveBeenCalled();
});

test('where nobody knows whether the attempt is noted, nothing is sent, and nothing recorded', async () => {
  const begin = () => Promise.reject(new Error('socket hang up'));
  const { outcome, recordFailure } = deliver([bucketThat(created)], { ledger: { begin } });
  await expect(outcome).rejects.toMatchObject({ code: 'internal' });
  expect(recordFailure).not.toHaveBeenCalled();
});

test('a second credential does not take back that the first one may have created the object', async () => {
  const { outcome, steps } = deliver([bucketOfSteps(unclear(rejection)), bucketOfSteps(created)]);
  await expect(outcome).resolves.toMatchObject({ version: 4 });
  expect(steps).toEqual(['staging', 'creating']);
});

test('fields that not one row of a file has are reported, once for all its pages', async () => {
  const page = (...rows: object[]) =>
    encodeRows(
      rows.map((row, index) => ({ recordedAt: `2026-11-22T05:00:00Z#${index}`, ...row })),
      defaultAttributes,
    );
  const pages = [page({ email: 'ann@example.com' }, { action: '' }), page({ date: '2026-11-22T05:00:00Z' })];
  const { outcome, lacking } = deliver([bucketThat(created)], { pages });
  await outcome;
  expect(lacking).toEqual(['actionId', 'description', 'ipAddress']);
});

test('a file without rows lacks no fields', async () => {
  const { outcome, lacking } = deliver([bucketThat(created)]);
  await outcome;
  expect(lacking).toEqual([]);
});
