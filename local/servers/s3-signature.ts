import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Required in requests with this key, if set. */
  readonly sessionToken?: string | undefined;
}

/** A request as received: path and query are still encoded. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface SignatureVerdict {
  /** S3’s error code if the request is refused. */
  readonly refusal?:
    | 'AccessDenied'
    | 'InvalidAccessKeyId'
    | 'InvalidToken'
    | 'SignatureDoesNotMatch'
    | 'XAmzContentSHA256Mismatch';
  /** The region in the signature. */
  readonly region: string;
}

const credentialScope =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Verifies the AWS Signature Version 4 in a request's Authorization header as S3 does. */
export async function verifySignature(
  request: SignedRequest,
  keys: readonly AccessKey[],
): Promise<SignatureVerdict> {
  const [, accessKeyId, , region = '', signedHeaders = '', signature = ''] =
    credentialScope.exec(String(request.headers.authorization ?? '')) ?? [];
  const key = keys.find(candidate => candidate.accessKeyId === accessKeyId);
  if (accessKeyId === undefined) return { refusal: 'AccessDenied', region };
  if (key === undefined) return { refusal: 'InvalidAccessKeyId', region };
  if (key.sessionToken !== undefined && key.sessionToken !== request.headers['x-amz-security-token'])
    return { refusal: 'InvalidToken', region };

  const expected = await signatureOf(request, signedHeaders.split(';'), key, region);
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(signature)))
    return { refusal: 'SignatureDoesNotMatch', region };
  const declared = String(request.headers['x-amz-content-sha256'] ?? '');
  const signed = /^[0-9a-f]{64}$/.test(declared);
  if (signed && declared !== createHash('sha256').update(request.body).digest('hex'))
    return { refusal: 'XAmzContentSHA256Mismatch', region };
  return { region };
}

async function signatureOf(
  { method, url, headers }: SignedRequest,
  signedHeaders: readonly string[],
  { accessKeyId, secretAccessKey }: AccessKey,
  region: string,
): Promise<string> {
  const { pathname, searchParams } = new URL(url, 'http://unused');
  const query: Record<string, string[]> = {};
  for (const [name, value] of searchParams) query[name] = [...(query[name] ?? []), value];
  const signer = new SignatureV4({
    service: 's3',
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    // S3 signs the path exactly as sent.
    uriEscapePath: false,
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: 'unused',
      path: pathname,
      query,
      headers: Object.fromEntries(signedHeaders.map(name => [name, String(headers[name] ?? '')])),
    },
    { signingDate: parseBasicInstant(String(headers['x-amz-date'] ?? '')) },
  );
  return signed.headers.authorization?.split('Signature=')[1] ?? '';
}

/** `20261122T183000Z` */
function parseBasicInstant(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer
    ? Buffer.from(data)
    : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
