import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { ExportError } from '../domain/failure.ts';

export interface SecretStore {
  /**
   * The secret's text, read now.
   * @throws ExportError `secret_missing` if there is none, it holds no text, or its name is outside the prefix;
   *   `internal` if the exporter may not read it
   */
  read(secretId: string): Promise<string>;
}

/** Secrets Manager, of which only the secrets under one name prefix are read. */
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

/** What is the record's fault, not ours. */
const missing = new Set(['InvalidRequestException', 'ValidationException']);
/** The exporter's role may read every secret under the prefix, so these come from a policy or a key of the operators'. */
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
