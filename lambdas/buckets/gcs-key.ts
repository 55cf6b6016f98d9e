import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { ExportError } from '../domain/failure.ts';

/** Any bytes, to test the key. */
const sample = Buffer.from('siem-export');

/**
 * Checks that the key is an RSA key that can sign, and returns it. It does not check that Google accepts the key.
 * @throws ExportError `secret_invalid`
 */
export function signingKey(privateKey: string): string {
  try {
    const key = createPrivateKey(privateKey);
    // A key with altered characters may be readable, but its signatures cannot be verified.
    if (
      key.asymmetricKeyType === 'rsa' &&
      verify('sha256', sample, createPublicKey(key), sign('sha256', sample, key))
    )
      return privateKey;
  } catch {
    // The parser's message is dropped: it may quote the key.
  }
  throw new ExportError(
    'secret_invalid',
    'The private_key of the service-account file is not an RSA key that can be read and signs: put the file into the secret as downloaded',
  );
}
