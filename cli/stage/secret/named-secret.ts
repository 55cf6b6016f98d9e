import { ResourceNotFoundException, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretStore } from '../../../lambdas/aws/secret-store.ts';
import { answerOf } from '../../../lambdas/buckets/aws-answer.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { toCommandError } from '../unreachable.ts';
import { credentialWarnings } from './check-secret.ts';
import type { CredentialCheck } from './credential-steps.ts';
import type { SecretWriter } from './secret-writer.ts';

/**
 * Refuses, before anything is written, a name that the exporter has no permission to read.
 * @throws CommandError `usage`
 */
export function checkSecretName(name: string, { prefix }: Pick<SecretWriter, 'prefix'>): void {
  if (name.startsWith(prefix) && name.length > prefix.length) return;
  throw new CommandError(
    'usage',
    `secretId (--secret-id): expected a name that begins with ${prefix}, because the exporter cannot read other secrets`,
  );
}

/** Warnings about an existing secret that a record names; none if the operator may not read it. */
export async function namedSecretWarnings(
  account: Account,
  { client, prefix, ...check }: CredentialCheck & { client: SecretsManagerClient; prefix: string },
): Promise<string[]> {
  const { secretId } = account;
  if (secretId === undefined) return [];
  try {
    const secret = await createSecretStore({ client, prefix }).read(secretId);
    return credentialWarnings(account, secret, check).map(warning => `the secret ${secretId}: ${warning}`);
  } catch (thrown) {
    if (thrown instanceof CommandError) return [`the secret ${secretId} cannot be used: ${thrown.message}`];
    if (!(thrown instanceof ExportError)) {
      const { code, message } = toCommandError(thrown);
      if (code !== 'unreachable') throw thrown;
      return [`the secret ${secretId} could not be read: ${message}`];
    }
    if (answerOf(thrown.cause).name === 'AccessDeniedException') return [];
    return thrown.cause instanceof ResourceNotFoundException
      ? [`the secret ${secretId} does not exist yet: exports fail until it is created`]
      : [`the secret ${secretId} cannot be used: ${thrown.message}`];
  }
}
