import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SignableRequest, SigningKey } from '../../lambdas/aws/signature.ts';

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

/** The headers of a request that the SDK's own signer has signed. */
export async function signedBySdk(
  { host, headers, body }: SignableRequest,
  { accessKeyId, secretAccessKey, sessionToken }: SigningKey,
  { service, region, now }: { service: string; region: string; now: number },
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service,
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
