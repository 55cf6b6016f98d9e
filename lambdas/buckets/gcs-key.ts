import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { ExportError } from '../domain/failure.ts';

/** Something to sign; what it is makes no difference. */
const sample = Buffer.from('siem-export');

/**
 * The key, if it is one that signs as service accounts do; whether Google knows it is Google's to say.
 * @throws ExportError `secret_invalid`
 */
export function signingKey(privateKey: string): string {
  try {
    const key = createPrivateKey(privateKey);
    // A key of which some characters were altered may be read and signs what nobody can verify.
    if (
      key.asymmetricKeyType === 'rsa' &&
      verify('sha256', sample, createPublicKey(key), sign('sha256', sample, key))
    )
      return privateKey;
  } catch {
    // The parser's words say nothing to the reader, and must not carry any of the key.
  }
  throw new ExportError(
    'secret_invalid',
    'The private_key of the service-account file is not an RSA key that can be read and signs: put the file into the secret as downloaded',
  );
}
