import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import { CommandError } from '../../terminal/command-error.ts';
import type { Step } from '../bucket/steps.ts';
import { type CredentialCheck, credentialSteps } from './credential-steps.ts';
import { readCredential } from './read-credential.ts';
import { largestSecret, tooLarge } from './secret-size.ts';

/** @throws CommandError `usage` with every fault; the message contains no part of the secret */
export function checkSecret({ destination }: Account, secret: string): Credential {
  if (secret.trim() === '') throw new CommandError('usage', 'The secret is empty');
  if (Buffer.byteLength(secret) > largestSecret) throw new CommandError('usage', `The secret ${tooLarge}`);
  try {
    return readCredential(destination, secret);
  } catch (thrown) {
    throw thrown instanceof ExportError ? new CommandError('usage', thrown.message) : thrown;
  }
}

/** What was given as the credential besides a record. */
export interface GivenCredential {
  readonly secret?: unknown;
  readonly secretId?: unknown;
}

/**
 * An account with a role would never use a stored key.
 * @param names the names of the options or attributes, for the message
 * @throws CommandError `usage`
 */
export function refuseUnusedKey(
  { destination }: Pick<Account, 'destination'>,
  { secret, secretId }: GivenCredential,
  names: string,
): void {
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  if (!byRole || (secret === undefined && secretId === undefined)) return;
  throw new CommandError('usage', `${names}: expected only one of them, because each is a credential`);
}

/**
 * Warnings about a well-formed credential that the cloud will refuse sooner or later.
 * @throws CommandError `usage` as `checkSecret` does
 */
export function credentialWarnings(account: Account, secret: string, options: CredentialCheck): string[] {
  const credential = checkSecret(account, secret);
  return credentialSteps(account, secret, credential, options).flatMap(warningOf);
}

function warningOf({ name, outcome, detail }: Step): string[] {
  if (outcome !== 'wrong' && outcome !== 'warning') return [];
  const result = outcome === 'wrong' ? 'check failed:' : 'check with a warning:';
  return [`${result} ${name}${detail === undefined ? '' : `: ${detail}`}`];
}
