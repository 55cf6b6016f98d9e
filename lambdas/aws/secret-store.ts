import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { ExportError } from '../domain/failure.ts';

export interface SecretStore {
  /**
   * Reads the secret's text, without any cache.
   * @throws ExportError `secret_missing` if the secret does not exist, holds no text, or has a name without the prefix;
   *   `internal` if the exporter is not allowed to read it
   */
  read(secretId: string): Promise<string>;
}

/** Reads secrets from Secrets Manager. Refuses names without the prefix, which an account record could also contain. */
export function createSecretStore({
  client,
  prefix,
}: {
  client: SecretsManagerClient;
  prefix: string;
}): SecretStore {
  return {
    async read(secretId) {
      if (!secretId.startsWith(prefix))
        throw new ExportError(
          'secret_missing',
          `The account record's secretId has to begin with ${prefix}: create the secret under that name`,
        );
      const { SecretString } = await client
        .send(new GetSecretValueCommand({ SecretId: secretId }))
        .catch(unreadable);
      if (typeof SecretString === 'string') return SecretString;
      throw new ExportError('secret_missing', 'The secret holds no text: store it as a text, not as binary');
    },
  };
}

/** Errors caused by the account record. */
const missing = new Set(['InvalidRequestException', 'ValidationException']);
/** The exporter's role may read all secrets under the prefix: the operators' policies or keys cause these errors. */
const denied = new Set(['AccessDeniedException', 'DecryptionFailure']);

function unreadable(thrown: unknown): never {
  if (thrown instanceof ResourceNotFoundException)
    throw new ExportError('secret_missing', 'The secret that secretId names does not exist: create it', {
      cause: thrown,
    });
  if (thrown instanceof SecretsManagerServiceException && missing.has(thrown.name))
    throw new ExportError(
      'secret_missing',
      `The secret that secretId names cannot be read (${thrown.name}): check its name, and that it is not being deleted`,
      { cause: thrown },
    );
  if (thrown instanceof SecretsManagerServiceException && denied.has(thrown.name))
    throw new ExportError(
      'internal',
      `The exporter may not read the secret (${thrown.name}): check the policies of its role, of the secret and of the key`,
      { cause: thrown },
    );
  throw thrown;
}
