import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAccount, parseSchedule } from '../../lambdas/domain/account.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';

/** Any value that a DynamoDB item can contain, and many that it cannot. */
const anything = fc.anything({
  withNullPrototype: true,
  withBigInt: true,
  withSet: true,
  withMap: true,
  withDate: true,
  withTypedArray: true,
  withSparseArray: true,
  key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'type', 'prefix')),
});

const roleArn = 'arn:aws:iam::123456789012:role/siem';
const destination = fc.constantFrom(
  { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
  { type: 's3', bucket: 'acme-audit', region: 'eu-central-1', roleArn, externalId: 'x-1' },
  { type: 'gcs', bucket: 'acme_audit' },
  { type: 'azure', storageAccount: 'acmeaudit', container: 'audit', prefix: 'siem' },
);
const valid = fc.record({
  accountId: fc.constantFrom('acme', '😀', '../../x'),
  timeZone: fc.constantFrom('UTC', 'Asia/Kolkata'),
  status: fc.constantFrom('active', 'paused'),
  secretId: fc.constant('siem-export/acme'),
  exportFrom: fc.constant('2026-11-22T00:00:00Z'),
  destination,
});

/** Replaces parts of a valid record at random. */
const damaged = (value: fc.Arbitrary<unknown>) =>
  fc
    .tuple(
      valid,
      fc.dictionary(
        fc.constantFrom('accountId', 'timeZone', 'status', 'secretId', 'exportFrom', 'format', 'destination'),
        value,
      ),
      fc.dictionary(
        fc.oneof(
          fc.constantFrom(
            'type',
            'bucket',
            'storageAccount',
            'container',
            'cloud',
            'region',
            'prefix',
            'roleArn',
            '__proto__',
          ),
          fc.string(),
        ),
        value,
      ),
    )
    .map(([record, wrong, wrongDestination]) => ({
      ...record,
      destination: { ...record.destination, ...wrongDestination },
      ...wrong,
    }));

function faultOf(record: unknown): ExportError | undefined {
  try {
    parseAccount(record);
    return undefined;
  } catch (error) {
    if (error instanceof ExportError) return error;
    throw error;
  }
}

describe('account records', () => {
  it('that are valid are taken', () => {
    fc.assert(
      fc.property(valid, record => {
        expect(faultOf(record)).toBeUndefined();
      }),
    );
  });

  it('of any shape are an account or account_invalid, never another error', () => {
    fc.assert(
      fc.property(fc.oneof(anything, damaged(anything)), record => {
        expect(faultOf(record)?.code ?? 'account_invalid').toBe('account_invalid');
        parseSchedule(record);
      }),
      { numRuns: 2000 },
    );
  });

  it('are never quoted in the error: they may hold a secret', () => {
    // With an asterisk in every eight characters, no piece can equal a word of the message by chance.
    const pasted = fc
      .stringMatching(/^[a-zA-Z0-9+/=]{12,40}$/)
      .map(value => `Q7*${value.replaceAll(/.{4}/g, '$&*')}`);
    fc.assert(
      fc.property(
        pasted.chain(secret => damaged(fc.constant(secret)).map(record => ({ secret, record }))),
        ({ secret, record }) => {
          const told = faultOf(record)?.message ?? '';
          for (let start = 0; start + 8 <= secret.length; start += 1)
            expect(told).not.toContain(secret.slice(start, start + 8));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('with several faults have each of them told at once', () => {
    const faulty = [
      'accountId',
      'timeZone',
      'status',
      'secretId',
      'exportFrom',
      'format',
      'destination',
    ] as const;
    fc.assert(
      fc.property(valid, fc.subarray([...faulty], { minLength: 1 }), (record, attributes) => {
        const wrong = Object.fromEntries(attributes.map(attribute => [attribute, 5]));
        const message = faultOf({ ...record, ...wrong })?.message ?? '';
        for (const attribute of attributes) expect(message).toContain(`${attribute}: expected`);
      }),
    );
  });
});
