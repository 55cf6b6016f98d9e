import { signingKey } from '../../../lambdas/buckets/gcs-key.ts';
import type { Destination } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { type Credential, parseSecret } from '../../../lambdas/domain/secret.ts';
import { likelyMistake } from './likely-mistake.ts';

/**
 * Parses the credential in a secret, with the checks that the drivers make when they open a bucket.
 * @throws ExportError `secret_invalid`; if possible it says what the secret is instead. It contains no part of the
 * secret
 */
export function readCredential(destination: Destination, secret: string): Credential {
  try {
    const credential = parseSecret(destination, secret);
    if (credential.type === 'gcs') signingKey(credential.privateKey);
    return credential;
  } catch (thrown) {
    if (!(thrown instanceof ExportError)) throw thrown;
    const mistake = likelyMistake(secret, destination);
    throw mistake === undefined
      ? thrown
      : new ExportError(thrown.code, `The secret cannot be used: ${mistake}`);
  }
}
