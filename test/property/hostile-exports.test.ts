import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMessage, parseMessage } from '../../lambdas/domain/export-message.ts';
import { ExportError, failureCodes } from '../../lambdas/domain/failure.ts';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import { startExporter } from './memory-ports.ts';

const tick = Date.parse('2026-11-22T12:00:00Z');
const s3Secret = JSON.stringify({ accessKeyId: 'A'.repeat(20), secretAccessKey: 'b'.repeat(40) });

const recordOf = (accountId: string) => ({
  accountId,
  timeZone: 'UTC',
  status: 'active',
  secretId: accountId,
  destination: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
});

/** Ids that could escape from a folder, or break a key, a query, a message or a log. */
const hostileId = fc.oneof(
  fc.constantFrom(
    '../../good',
    'good/',
    'good\u0000',
    '__proto__',
    'constructor',
    '%2e%2e%2f',
    '\r\n',
    '{"S":"x"}',
    '🚀',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
);
const anything = fc.anything({
  withBigInt: true,
  withSet: true,
  withMap: true,
  withNullPrototype: true,
  withTypedArray: true,
});
const hostileRecord = fc.oneof(
  anything,
  fc.record({
    timeZone: fc.oneof(fc.constantFrom('UTC', 'Asia/Kolkata', '__proto__', '+05:30', 'utc'), anything),
    status: fc.oneof(fc.constantFrom('active', 'paused'), anything),
    secretId: fc.oneof(fc.constant('hostile'), anything),
    exportFrom: fc.oneof(
      fc.constantFrom(undefined, '2026-11-21T00:00:00Z', '2099-12-31T23:59:59Z'),
      anything,
    ),
    addOnExpiresAt: fc.oneof(
      fc.constantFrom(undefined, '9999-12-31T23:59:59Z', '2000-01-01T00:00:00Z'),
      anything,
    ),
    format: fc.oneof(fc.constantFrom(undefined, 'json', 'ndjson'), anything),
    compression: fc.oneof(fc.constantFrom(undefined, 'zip', 'gzip'), anything),
    destination: fc.oneof(
      fc.constantFrom<unknown>(
        { type: 's3', bucket: 'acme-audit', region: 'eu-central-1', prefix: 'audit/Z29vZA' },
        { type: 'gcs', bucket: 'acme-audit' },
        { type: 'azure', storageAccount: 'acmeaudit', container: 'acme-audit', prefix: 'a//b' },
      ),
      anything,
    ),
  }),
);

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '2026-11-22T11:00:00.000Z#1', '\u2028', '"}],"Count":9}'),
);
/** Attribute values in DynamoDB’s format, and in invalid ones. */
const { wire } = fc.letrec<{ wire: unknown }>(tie => ({
  wire: fc.oneof(
    { maxDepth: 3 },
    fc.record({ S: text }),
    fc.record({ N: fc.oneof(fc.constantFrom('1e999', '-0', '9'.repeat(38), 'NaN'), text) }),
    fc.record({ B: text }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.constant(true) }),
    fc.record({ SS: fc.array(text) }),
    fc.record({ L: fc.array(tie('wire'), { maxLength: 3 }) }),
    fc.record({ M: fc.dictionary(text, tie('wire'), { maxKeys: 3 }) }),
    anything.map(value => JSON.parse(toJson(value)) as unknown),
  ),
}));
const answer = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .array(
      fc.dictionary(fc.oneof(fc.constantFrom('recordedAt', 'date', 'email', 'description'), text), wire, {
        maxKeys: 5,
      }),
      { maxLength: 4 },
    )
    .map(Items => Buffer.from(JSON.stringify({ Items, Count: Items.length, ScannedCount: Items.length }))),
);

const hostileMessage = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.record({ accountId: anything, tick: anything }).map(toJson),
  fc
    .record({
      accountId: fc.string({ unit: 'binary' }),
      tick: fc.constantFrom(
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:59Z',
        '2026-02-29T00:00:00Z',
        '2026-11-22T12:00:00Z',
      ),
    })
    .map(toJson),
);

describe('an export', () => {
  it('of a hostile account ends in a file of its own or in a named failure, and touches no other account', async () => {
    const hostile = fc.record({
      accountId: hostileId,
      record: hostileRecord,
      secret: fc.oneof(fc.constant(s3Secret), fc.json(), fc.string({ unit: 'binary' })),
      rows: answer,
    });
    await fc.assert(
      fc.asyncProperty(hostile, async ({ accountId, record, secret, rows }) => {
        fc.pre(accountId !== 'good' && accountId.isWellFormed());
        const stored = typeof record === 'object' && record !== null ? { ...record, accountId } : record;
        const exporter = startExporter(
          {
            records: new Map([
              [accountId, stored],
              ['good', recordOf('good')],
            ]),
            secrets: new Map([
              ['hostile', secret],
              ['good', s3Secret],
            ]),
            answers: new Map([[accountId, rows]]),
          },
          tick,
        );
        const bodies = [accountId, 'good', accountId].map(id => encodeMessage({ accountId: id, tick }));
        const { batchItemFailures } = await exporter.run(bodies);

        expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).not.toContain('1');
        expect(exporter.files.filter(file => file.accountId === 'good')).toMatchObject([
          { file: { key: 'audit/Z29vZA/audit_Z29vZA_20261122T120000Z.zip', final: true, records: 0 } },
        ]);
        for (const { accountId: owner, file } of exporter.files)
          expect(file.key).toContain(`audit/${encodeAccountId(owner)}/audit_${encodeAccountId(owner)}_`);
        for (const { accountId: owner, failure } of exporter.failures) {
          expect(owner).toBe(accountId);
          expect(failure).toBeInstanceOf(ExportError);
          expect(Object.keys(failureCodes)).toContain(failure.code);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('of a message that is none of ours fails by name, and the next message is worked on', async () => {
    await fc.assert(
      fc.asyncProperty(hostileMessage, async body => {
        const exporter = startExporter(
          {
            records: new Map([['good', recordOf('good')]]),
            secrets: new Map([['good', s3Secret]]),
            answers: new Map(),
          },
          tick,
        );
        const { batchItemFailures } = await exporter.run([body, encodeMessage({ accountId: 'good', tick })]);
        expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).not.toContain('1');
        expect(exporter.files).toHaveLength(1);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a message', () => {
  it('is an account and a tick, or message_invalid', () => {
    fc.assert(
      fc.property(hostileMessage, body => {
        try {
          const { accountId, tick: read } = parseMessage(body);
          expect(accountId).not.toBe('');
          expect(Number.isFinite(read)).toBe(true);
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'ExportError', code: 'message_invalid' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is never quoted in the error', () => {
    const secret = fc.stringMatching(/^[a-zA-Z0-9+/=]{12,40}$/).map(value => `Q7*${value}`);
    const body = secret.chain(value =>
      fc
        .constantFrom(
          value,
          `"${value}"`,
          `{"${value}":1}`,
          JSON.stringify({ accountId: 'x', tick: value }),
          JSON.stringify({ accountId: [value], tick: { [value]: value } }),
        )
        .map(message => ({ value, message })),
    );
    fc.assert(
      fc.property(body, ({ value, message }) => {
        expect(() => parseMessage(message)).toThrow(
          expect.objectContaining({ message: expect.not.stringContaining(value.slice(0, 8)) }),
        );
      }),
    );
  });
});

/** Values that JSON cannot represent become null. */
function toJson(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? String(member) : member)) ?? 'null'
    );
  } catch {
    // A value that cannot be converted, such as one with a `toJSON` that is not a function.
    return 'null';
  }
}
