import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { type Instant, toCompact } from '../domain/instant.ts';

/** An access key of AWS, with its session token where it is a temporary one. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A POST request to the root of one of AWS's services. */
export interface SignableRequest {
  /** With the port, where it is not the protocol's own. */
  readonly host: string;
  /** By their names in lower case; `host`, `x-amz-date` and `x-amz-security-token` are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Signs requests with AWS Signature Version 4. The signing key, which holds for a day, is derived once.
 *
 * @returns a function that answers with the headers of the signed request
 */
export function createSigner({ service, region }: { service: string; region: string }) {
  let derived: { readonly secret: string; readonly day: string; readonly key: KeyObject } | undefined;

  return (
    { host, headers, body }: SignableRequest,
    { accessKeyId, secretAccessKey, sessionToken }: SigningKey,
    now: Instant,
  ): Record<string, string> => {
    const time = toCompact(now);
    const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
    const signed: Record<string, string> = {
      ...headers,
      host,
      'x-amz-date': time,
      ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
    };
    const names = Object.keys(signed).sort();
    const lines = names.map(name => `${name}:${signed[name]}\n`).join('');
    const signedNames = names.join(';');
    const canonical = `POST\n/\n\n${lines}\n${signedNames}\n${hash('sha256', body)}`;
    const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`;
    const signature = createHmac('sha256', keyFor(secretAccessKey, time.slice(0, 8)))
      .update(text)
      .digest('hex');
    signed.authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
    return signed;
  };

  function keyFor(secret: string, day: string): KeyObject {
    if (derived?.secret !== secret || derived.day !== day) {
      const key = [day, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secret}`));
      // Node takes five times as long for an HMAC whose key comes as bytes.
      derived = { secret, day, key: createSecretKey(key) };
    }
    return derived.key;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
