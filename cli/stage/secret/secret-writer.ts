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
import { encodeAccountId } from '../../../lambdas/domain/object-key.ts';
import { CommandError } from '../../terminal/command-error.ts';

export interface SecretWriterOptions {
  readonly client: SecretsManagerClient;
  /** What the names of the stage's secrets begin with: the exporter reads no others. */
  readonly prefix: string;
  /** The stage's own key, where there is one. */
  readonly kmsKeyId?: string | undefined;
  /**
   * How long a put may take, in milliseconds, retries included. An account that is being added is paused for as long,
   * which is to be over before a window has settled and an exporter looks at it.
   */
  readonly longestPut?: number;
}

/** Secrets Manager, for operators. */
export function createSecretWriter({ client, prefix, kmsKeyId, longestPut = 60_000 }: SecretWriterOptions) {
  async function putWithin(within: { abortSignal: AbortSignal }, name: string, secret: string) {
    try {
      await client.send(
        new CreateSecretCommand({
          Name: name,
          SecretString: secret,
          Description: 'SIEM export: what a customer handed over for its bucket',
          ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
        }),
        within,
      );
      return 'created';
    } catch (thrown) {
      if (isBeingDeleted(thrown)) await client.send(new RestoreSecretCommand({ SecretId: name }), within);
      else if (!(thrown instanceof ResourceExistsException)) throw thrown;
    }
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: secret }), within);
    return 'replaced';
  }

  return {
    prefix,

    /** Where an account's secret goes. Account ids may hold what a secret's name may not. */
    nameFor: (accountId: string) => `${prefix}${encodeAccountId(accountId)}`,

    /**
     * Creates the secret, or makes a new version of it, even if its deletion has begun.
     * @throws CommandError `unreachable` if it takes too long
     */
    async put(name: string, secret: string): Promise<'created' | 'replaced'> {
      const within = { abortSignal: AbortSignal.timeout(longestPut) };
      try {
        return await putWithin(within, name, secret);
      } catch (thrown) {
        if (!within.abortSignal.aborted) throw thrown;
        throw new CommandError(
          'unreachable',
          `Secrets Manager gave no answer within ${longestPut / 1000} seconds`,
          { cause: thrown },
        );
      }
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
