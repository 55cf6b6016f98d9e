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
  /** The prefix of the stage’s secrets; the exporter can read no others. */
  readonly prefix: string;
  /** The stage’s KMS key, if it has one. */
  readonly kmsKeyId?: string | undefined;
  /**
   * The limit for one put in milliseconds, retries included. An account that is being added is paused meanwhile; that
   * must end before the settle time of a window is over and an exporter reads the record.
   */
  readonly longestPut?: number;
}

/** Writes secrets; used by operators only. */
export function createSecretWriter({ client, prefix, kmsKeyId, longestPut = 60_000 }: SecretWriterOptions) {
  async function putWithin(within: { abortSignal: AbortSignal }, name: string, secret: string) {
    try {
      await client.send(
        new CreateSecretCommand({
          Name: name,
          SecretString: secret,
          Description: 'SIEM export: credential for a customer’s bucket',
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

    /** The name of an account’s secret; encoded, because ids may contain characters that names must not. */
    nameFor: (accountId: string) => `${prefix}${encodeAccountId(accountId)}`,

    /**
     * Creates the secret or adds a new version, also if its deletion is scheduled.
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
     * Schedules the deletion; Secrets Manager keeps a secret for another 30 days.
     * @returns false if there is no such secret
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

/** The account was removed within the last 30 days, so the name of its secret is still taken. */
function isBeingDeleted(thrown: unknown): boolean {
  return thrown instanceof InvalidRequestException && /deletion/i.test(thrown.message);
}

export type SecretWriter = ReturnType<typeof createSecretWriter>;
