import {
  CreateSecretCommand,
  DeleteSecretCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';

export interface SecretWriterOptions {
  readonly client: SecretsManagerClient;
  /** What the names of the stage's secrets begin with: the exporter reads no others. */
  readonly prefix: string;
  /** The stage's own key, where there is one. */
  readonly kmsKeyId?: string | undefined;
}

/** Secrets Manager, for operators. */
export function createSecretWriter({ client, prefix, kmsKeyId }: SecretWriterOptions) {
  return {
    /** Where an account's secret goes. Account ids may hold what a secret's name may not. */
    nameFor: (accountId: string) => `${prefix}${encodeAccountId(accountId)}`,

    /** Creates the secret, or makes a new version of it, even if its deletion has begun. */
    async put(name: string, secret: string): Promise<'created' | 'replaced'> {
      try {
        await client.send(
          new CreateSecretCommand({
            Name: name,
            SecretString: secret,
            Description: 'SIEM export: what a customer handed over for its bucket',
            ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
          }),
        );
        return 'created';
      } catch (thrown) {
        if (isBeingDeleted(thrown)) await client.send(new RestoreSecretCommand({ SecretId: name }));
        else if (!(thrown instanceof ResourceExistsException)) throw thrown;
      }
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: secret }));
      return 'replaced';
    },

    /** Secrets Manager keeps a deleted secret for another 30 days. Nothing happens if there is none, or no longer. */
    async remove(name: string): Promise<void> {
      try {
        await client.send(new DeleteSecretCommand({ SecretId: name }));
      } catch (thrown) {
        if (!(thrown instanceof ResourceNotFoundException || isBeingDeleted(thrown))) throw thrown;
      }
    },
  };
}

/** The account was removed within the last 30 days: its secret's name is still taken. */
function isBeingDeleted(thrown: unknown): boolean {
  return thrown instanceof InvalidRequestException && /deletion/i.test(thrown.message);
}

export type SecretWriter = ReturnType<typeof createSecretWriter>;
