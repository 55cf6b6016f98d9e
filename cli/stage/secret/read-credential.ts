import { signingKey } from '../../../lambdas/buckets/gcs-key.ts';
import type { Destination } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { type Credential, parseSecret } from '../../../lambdas/domain/secret.ts';
import { likelyMistake } from './likely-mistake.ts';

/**
 * The credential in a secret, checked as the drivers check it when they open a bucket.
 * @throws ExportError `secret_invalid` that says what the secret is instead, if that can be told, and no part of it
 */
export function readCredential(destination: Destination, secret: string): Credential {
  try {
    const credential = parseSecret(destination, secret);
    if (credential.type === 'gcs') signingKey(credential.privateKey);
    return credential;
  } catch (thrown) {
    if (!(thrown instanceof ExportError)) throw thrown;
    const mistake = likelyMistake(secret, destination);
    throw mistake === undefined ? thrown : new ExportError(thrown.code, `The secret will not do: ${mistake}`);
  }
}
