import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../lambdas/aws/signature.ts';
import { signedBySdk } from './sdk-signature.ts';

const host = 'sqs.eu-central-1.amazonaws.com';
const region = 'eu-central-1';
const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'AmazonSQS.SendMessageBatch',
};

const word = fc.string({
  unit: fc.constantFrom(...'ABCDEFabcdef0123456789/+='),
  minLength: 1,
  maxLength: 60,
});
const key = fc.record(
  { accessKeyId: word, secretAccessKey: word, sessionToken: word },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const instant = fc.integer({ min: 0, max: Date.parse('2099-12-31T23:59:59Z') });

describe('a signature', () => {
  it('is the SDK’s own, for any body, key and time', async () => {
    const sign = createSigner({ service: 'sqs', region });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), key, instant, async (body, credential, now) => {
        expect(sign({ host, headers, body }, credential, now)).toEqual(
          await signedBySdk({ host, headers, body }, credential, { service: 'sqs', region, now }),
        );
      }),
    );
  });

  it('follows a credential that changes, and a day that ends', async () => {
    const sign = createSigner({ service: 'sqs', region });
    const one = { accessKeyId: 'ASIAONE', secretAccessKey: 'one', sessionToken: 'first' };
    const other = { ...one, secretAccessKey: 'other' };
    const midnight = Date.parse('2026-11-23T00:00:00Z');
    for (const [credential, now] of [
      [one, midnight - 1],
      [one, midnight],
      [other, midnight],
      [one, midnight],
    ] as const)
      expect(sign({ host, headers, body: '{}' }, credential, now)).toEqual(
        await signedBySdk({ host, headers, body: '{}' }, credential, { service: 'sqs', region, now }),
      );
  });
});
