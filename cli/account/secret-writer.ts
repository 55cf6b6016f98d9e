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

/**
 * How long each request of a put may take, in milliseconds, retries included. An account that is being added is paused
 * for as long, which is to be over before a window has settled and an exporter looks.
 */
const longestPut = 60_000;

/** Secrets Manager, for operators. */
export function createSecretWriter({ client, prefix, kmsKeyId }: SecretWriterOptions) {
  const soon = () => ({ abortSignal: AbortSignal.timeout(longestPut) });
  return {
    prefix,

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
          soon(),
        );
        return 'created';
      } catch (thrown) {
        if (isBeingDeleted(thrown)) await client.send(new RestoreSecretCommand({ SecretId: name }), soon());
        else if (!(thrown instanceof ResourceExistsException)) throw thrown;
      }
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: secret }), soon());
      return 'replaced';
    },

    /**
     * Secrets Manager keeps a deleted secret for another 30 days.
     * @returns false if there is none, or no longer
     */
    async remove(name: string): Promise<boolean> {
      try {
        await client.send(new DeleteSecretCommand({ SecretId: name }));
        return true;
      } catch (thrown) {
        if (thrown instanceof ResourceNotFoundException || isBeingDeleted(thrown)) return false;
        throw thrown;
      }
    },
  };
}

/** The account was removed within the last 30 days: its secret's name is still taken. */
function isBeingDeleted(thrown: unknown): boolean {
  return thrown instanceof InvalidRequestException && /deletion/i.test(thrown.message);
}

export type SecretWriter = ReturnType<typeof createSecretWriter>;
