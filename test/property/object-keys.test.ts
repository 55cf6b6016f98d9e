import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FileName, objectKey, parseObjectKey } from '../../lambdas/domain/object-key.ts';

/** Any Unicode text, and ids that look like parts of a path or a key. */
const accountId = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }).filter(id => id.isWellFormed()),
  fc
    .string({ unit: fc.constantFrom(...'ABab019_-'), minLength: 2, maxLength: 40 })
    .map(encoded => Buffer.from(encoded, 'base64url').toString('utf8'))
    .filter(id => id.length > 0),
  fc.constantFrom(
    '../../x',
    'a/b',
    '/',
    '..',
    '😀',
    '😀'.repeat(128),
    '\u0000',
    '\r\n',
    '%2e%2f',
    'audit',
    '\\',
  ),
);
const prefix = fc.option(
  fc
    .array(fc.constantFrom('siem', 'audit', 'YQ', 'audit_YQ_20261122T183000Z.zip', 'a\u2028b', '日本', ' '), {
      minLength: 1,
      maxLength: 4,
    })
    .map(folders => folders.join('/')),
  { nil: undefined },
);
const windowEnd = fc
  .integer({ min: Date.UTC(2000) / 1000, max: Date.UTC(2100) / 1000 })
  .map(seconds => seconds * 1000);
const part = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9999 }));
const compression = fc.constantFrom('zip' as const, 'gzip' as const);
const file: fc.Arbitrary<FileName> = fc.record({ accountId, windowEnd, part, compression });

describe('object keys', () => {
  it('can be read back to the prefix, account, window, part and compression that made them', () => {
    fc.assert(
      fc.property(prefix, file, (folder, name) => {
        expect(parseObjectKey(objectKey(folder, name))).toEqual({ ...name, prefix: folder });
      }),
      { numRuns: 2000 },
    );
  });

  it('of one account sort by window and then by part, byte by byte', () => {
    fc.assert(
      fc.property(file, windowEnd, part, fc.boolean(), (one, otherEnd, otherPart, sameWindow) => {
        const other = { ...one, windowEnd: sameWindow ? one.windowEnd : otherEnd, part: otherPart };
        const byTime = Math.sign(one.windowEnd - other.windowEnd) || Math.sign(one.part - other.part);
        const keys = [objectKey('p', one), objectKey('p', other)].map(key => Buffer.from(key));
        expect(Buffer.compare(keys[0] ?? Buffer.of(), keys[1] ?? Buffer.of())).toBe(byTime);
      }),
      { numRuns: 2000 },
    );
  });

  it('never leave the folder of their account, whatever its id is', () => {
    fc.assert(
      fc.property(file, name => {
        expect(objectKey(undefined, name)).toMatch(
          /^audit\/[A-Za-z0-9_-]+\/audit_[A-Za-z0-9_-]+_\d{8}T\d{6}Z(_\d{4})?(\.zip|\.json\.gz)$/,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('of two accounts differ', () => {
    fc.assert(
      fc.property(file, accountId, (name, otherId) => {
        const same = name.accountId === otherId;
        expect(objectKey(undefined, name) === objectKey(undefined, { ...name, accountId: otherId })).toBe(
          same,
        );
      }),
    );
  });

  it('are the only keys that are read, and no text makes the reading fail', () => {
    const almostKey = fc
      .tuple(fc.constantFrom('YQ', 'YWNtZQ', '_w', 'A'), fc.stringMatching(/^\d{8}T\d{6}Z(_\d{4,20})?$/))
      .map(([encoded, rest]) => `audit/${encoded}/audit_${encoded}_${rest}.zip`);
    fc.assert(
      fc.property(fc.oneof(almostKey, fc.string()), key => {
        const parsed = parseObjectKey(key);
        expect(parsed === undefined || objectKey(parsed.prefix, parsed) === key).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
