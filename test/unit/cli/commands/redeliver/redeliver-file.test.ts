import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { packAgain } from '../../../../../cli/commands/redeliver/pack-again.ts';
import { type Encoding, redeliverFile } from '../../../../../cli/commands/redeliver/redeliver-file.ts';
import type { Page } from '../../../../../lambdas/archive/page.ts';
import {
  type Answer,
  type Bucket,
  created,
  exists,
  refused,
  unclear,
} from '../../../../../lambdas/buckets/bucket.ts';
import type { DeliveredFile } from '../../../../../lambdas/domain/delivered-file.ts';
import { ExportError } from '../../../../../lambdas/domain/failure.ts';
import { objectKey } from '../../../../../lambdas/domain/object-key.ts';
import { compressionLevel } from '../../../../../lambdas/domain/recipe.ts';
import { plainLines } from '../../../../../lambdas/exporter/cut-part.ts';
import type { AuditLog } from '../../../../../lambdas/exporter/ports.ts';

const window = { start: Date.parse('2026-11-22T00:00:00Z'), end: Date.parse('2026-11-22T04:00:00Z') };
const delivered = ['{"Action":"Signed in"}\n', '{"Action":"Signed out"}\n'];
const changed = [...delivered, '{"Action":"Invited"}\n'];
const file = await deliveredFile('zip');

type Pages = Pick<AuditLog, 'pages'>;

/** An audit log that returns other rows at each read. */
function auditLogOf(...readings: readonly (readonly string[])[]): Pages {
  const left = readings.values();
  return {
    async *pages() {
      yield pageOf(left.next().value ?? []);
    },
  };
}

function pageOf(rows: readonly string[]): Page {
  const ends = rows.map((_, row) => Buffer.byteLength(rows.slice(0, row + 1).join('')));
  return {
    lines: Buffer.from(rows.join('')),
    count: rows.length,
    rowEnds: ends,
    malformedRows: [],
    fields: 0,
    sortKey: row => `2026-11-22T01:00:00Z#${row}`,
    lastEvaluatedKey: undefined,
  };
}

async function deliveredFile(compression: DeliveredFile['compression']): Promise<DeliveredFile> {
  const recipe = {
    window,
    part: 1,
    final: true,
    place: { type: 'gcs', bucket: 'acme-audit' },
    key: objectKey(undefined, { accountId: 'acme', windowEnd: window.end, part: 1, compression }),
    format: 'ndjson',
    compression,
    records: delivered.length,
    malformed: 0,
    bytes: 0,
    uncompressedBytes: 0,
    sha256: '',
    attempt: 1,
    startedAt: window.end,
    deliveredAt: window.end,
  } as const;
  const work = { accountId: 'acme', after: undefined, encode: plainLines, level: compressionLevel };
  const made = packAgain(
    { ...work, file: recipe, auditLog: auditLogOf(delivered) },
    new AbortController().signal,
  );
  for await (const _ of made.body);
  return { ...recipe, ...made.figures() };
}

/** A bucket that keeps the last object. */
function memoryBucket(answer: Answer) {
  const hash = createHash('sha256');
  const bucket: Bucket = {
    async create({ body }) {
      if (answer.kind !== 'created') return answer;
      for await (const chunk of body) hash.update(chunk);
      return answer;
    },
    close: () => undefined,
  };
  return { bucket, written: () => hash.digest('hex') };
}

function redeliver(
  auditLog: Pages,
  bucket: Bucket,
  asItIsNow = false,
  lost = file,
  encoding: Encoding = { encode: plainLines, mapping: undefined },
) {
  const writerVersion = '0.0.0';
  return redeliverFile({
    accountId: 'acme',
    file: { ...lost, key: lost.key ?? '' },
    after: undefined,
    auditLog,
    encoding,
    bucket,
    writerVersion,
    asItIsNow,
  });
}

test.each(['zip', 'gzip', 'none'] as const)(
  'a %s file that comes out as it was both times is written',
  async kind => {
    const lost = await deliveredFile(kind);
    const { bucket, written } = memoryBucket(created);
    const redone = await redeliver(auditLogOf(delivered, delivered), bucket, false, lost);
    expect(redone).toEqual({ outcome: 'written', records: 2, bytes: lost.bytes });
    expect(written()).toBe(lost.sha256);
  },
);

test('rows that change between the trial and the writing are told of, with what was written', async () => {
  const { bucket, written } = memoryBucket(created);
  const redone = await redeliver(auditLogOf(delivered, changed), bucket);
  expect(redone).toMatchObject({ outcome: 'written otherwise', records: 3 });
  expect(written()).not.toBe(file.sha256);
});

test('rows that had changed before are written only if they are wanted as they are now', async () => {
  const { bucket } = memoryBucket(created);
  expect(await redeliver(auditLogOf(changed), bucket)).toMatchObject({ outcome: 'changed', records: 3 });
  expect(await redeliver(auditLogOf(changed, changed), bucket, true)).toMatchObject({
    outcome: 'written otherwise',
    records: 3,
  });
  // The rows were corrected in between.
  expect(await redeliver(auditLogOf(changed, delivered), bucket, true)).toMatchObject({ outcome: 'written' });
});

test('an object that is there already is left alone', async () => {
  const { bucket } = memoryBucket(exists('it is there'));
  expect(await redeliver(auditLogOf(delivered, changed), bucket)).toMatchObject({ outcome: 'there already' });
});

test('a bucket that refuses, or leaves open what became of the file, is a failure', async () => {
  const failure = new ExportError('destination_unavailable', 'not now');
  for (const answer of [refused(failure), unclear(failure)]) {
    const { bucket } = memoryBucket(answer);
    await expect(redeliver(auditLogOf(delivered, delivered), bucket)).rejects.toBe(failure);
  }
});

describe('a file of OCSF events', () => {
  const encoding: Encoding = { encode: () => Buffer.from('{"class_uid":6003}\n'), mapping: 'now' };
  const delivered = async (mapping: string, made: string) => {
    const body = Buffer.from(made);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const { key: _, ...plain } = await deliveredFile('none');
    const figures = { mapping, sha256, bytes: body.length, uncompressedBytes: body.length };
    return { ...plain, ...figures, key: 'audit/YWNtZQ/x.json', format: 'ocsf' } as const;
  };
  const rows = ['{"Action":"Signed in"}\n'];

  test.each(['now', 'then'])(
    'is written if its bytes are the same, whatever the mapping: %s',
    async mapping => {
      const lost = await delivered(mapping, '{"class_uid":6003}\n');
      const { bucket, written } = memoryBucket(created);
      const redone = await redeliver(auditLogOf(rows, rows), bucket, false, lost, encoding);
      expect(redone).toMatchObject({ outcome: 'written', records: 1 });
      expect(written()).toBe(lost.sha256);
    },
  );

  test.each([
    ['now', 'changed'],
    ['then', 'mapped otherwise'],
  ])('with other bytes and the mapping of %s is %s', async (mapping, outcome) => {
    const lost = await delivered(mapping, '{"class_uid":3002}\n');
    const { bucket } = memoryBucket(created);
    const redone = await redeliver(auditLogOf(rows), bucket, false, lost, encoding);
    expect(redone).toMatchObject({ outcome, records: 1 });
    expect(await redeliver(auditLogOf(rows, rows), bucket, true, lost, encoding)).toMatchObject({
      outcome: 'written otherwise',
    });
  });
});
