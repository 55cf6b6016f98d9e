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
   * @throws ExportError `secret_missing` if there is none, it holds no text, or its name is outside the prefix
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
      if (SecretString !== undefined) return SecretString;
      throw new ExportError('secret_missing', 'The secret holds no text: store it as a text, not as binary');
    },
  };
}

const missing = new Set([
  'AccessDeniedException',
  'InvalidRequestException',
  'DecryptionFailure',
  'ValidationException',
]);

function unreadable(thrown: unknown): never {
  if (thrown instanceof ResourceNotFoundException)
    throw new ExportError('secret_missing', 'The secret that secretId names does not exist: create it', {
      cause: thrown,
    });
  if (thrown instanceof SecretsManagerServiceException && missing.has(thrown.name))
    throw new ExportError(
      'secret_missing',
      `The secret that secretId names cannot be read (${thrown.name}): check that it is not being deleted, and its key`,
      { cause: thrown },
    );
  throw thrown;
}
