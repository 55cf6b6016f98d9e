import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSigner, type SigningKey } from '../../lambdas/aws/signature.ts';

const host = 'sqs.eu-central-1.amazonaws.com';
const region = 'eu-central-1';
const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'AmazonSQS.SendMessageBatch',
};

/** As `SignatureV4` wants a hash, keyed or not. */
class Sha256 {
  readonly #hash;
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(key));
  }
  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('nobody resets it');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The SDK's own signature of the same request. */
async function signedBySdk(body: string, key: SigningKey, now: number): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken } = key;
  const signer = new SignatureV4({
    service: 'sqs',
    region,
    sha256: Sha256,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    applyChecksum: false,
  });
  const request = { method: 'POST', protocol: 'https:', hostname: host, path: '/', query: {}, body };
  const signed = await signer.sign(
    { ...request, headers: { ...headers, host } },
    { signingDate: new Date(now) },
  );
  return signed.headers;
}

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
          await signedBySdk(body, credential, now),
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
        await signedBySdk('{}', credential, now),
      );
  });
});
