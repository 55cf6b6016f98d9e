import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import { CommandError } from '../../terminal/command-error.ts';
import type { Step } from '../bucket/steps.ts';
import { type CredentialCheck, credentialSteps } from './credential-steps.ts';
import { readCredential } from './read-credential.ts';
import { largestSecret, tooLarge } from './secret-size.ts';

/** @throws CommandError `usage` with every fault, and no part of the secret */
export function checkSecret({ destination }: Account, secret: string): Credential {
  if (secret.trim() === '') throw new CommandError('usage', 'The secret is empty');
  if (Buffer.byteLength(secret) > largestSecret) throw new CommandError('usage', `The secret ${tooLarge}`);
  try {
    return readCredential(destination, secret);
  } catch (thrown) {
    throw thrown instanceof ExportError ? new CommandError('usage', thrown.message) : thrown;
  }
}

/** What is given beside a record as its credential, whatever it is called there. */
export interface GivenCredential {
  readonly secret?: unknown;
  readonly secretId?: unknown;
}

/**
 * A key for an account that goes by its role would be stored and never be used.
 * @param names what the three are called where they were given, and what else is to be done
 * @throws CommandError `usage`
 */
export function refuseUnusedKey(
  { destination }: Pick<Account, 'destination'>,
  { secret, secretId }: GivenCredential,
  names: string,
): void {
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  if (!byRole || (secret === undefined && secretId === undefined)) return;
  throw new CommandError('usage', `${names}: expected one of them, each being a credential of its own`);
}

/**
 * What the cloud will refuse sooner or later, although the secret is a credential by its form.
 * @throws CommandError `usage` as `checkSecret` does
 */
export function credentialWarnings(account: Account, secret: string, options: CredentialCheck): string[] {
  const credential = checkSecret(account, secret);
  return credentialSteps(account, secret, credential, options).flatMap(warningOf);
}

function warningOf({ name, outcome, detail }: Step): string[] {
  if (outcome !== 'wrong' && outcome !== 'warning') return [];
  const told = outcome === 'wrong' ? 'it is not so that' : 'it is not certain that';
  return [`${told} ${name}${detail === undefined ? '' : `: ${detail}`}`];
}
