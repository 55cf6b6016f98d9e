import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Credential, Credited } from '../../../lambdas/domain/secret.ts';
import type { Process, ServiceErrors } from '../world/process.ts';
import { UnsupportedCallError } from '../world/process.ts';
import { simulatedClient } from './simulated-client.ts';

export const secretPrefix = 'siem-export/';

const errors: ServiceErrors = {
  throttled: () => Object.assign(new Error('Slow down'), { name: 'ThrottlingException' }),
  unavailable: () => Object.assign(new Error('Try again'), { name: 'InternalServiceError' }),
};

/** Secrets Manager: the secrets by name, as stored by operators. */
export function createSecretsClient(
  texts: ReadonlyMap<string, string>,
  process: Process,
  onRefusal: (secretId: string, code: 'secret_missing' | 'secret_invalid') => void,
): SecretsManagerClient {
  return simulatedClient(SecretsManagerClient.prototype, command => {
    if (!(command instanceof GetSecretValueCommand))
      throw new UnsupportedCallError(
        `The simulated Secrets Manager does not know ${command.constructor.name}`,
      );
    const name = command.input.SecretId ?? '';
    return process.call('secrets', `GetSecretValue ${name}`, errors, () => {
      const text = texts.get(name);
      if (text === undefined) onRefusal(name, 'secret_missing');
      if (text === invalidSecretText) onRefusal(name, 'secret_invalid');
      if (text === undefined)
        throw new ResourceNotFoundException({ message: 'No such secret', $metadata: {} });
      return { SecretString: text };
    });
  });
}

export const invalidSecretText = '{"pasted": "the wrong thing"}';

/** The secret of a generation of a credential, in the form that a customer would paste. */
export function secretText(destination: Credited, generation: number): string {
  const number = String(generation).padStart(8, '0');
  if (destination.type === 's3')
    return JSON.stringify({
      accessKeyId: `AKIASIMULATED${number}`,
      secretAccessKey: 'not/a/secret/'.padEnd(40, 'x'),
    });
  if (destination.type === 'gcs')
    return JSON.stringify({
      type: 'service_account',
      client_email: `writer-${number}@simulated.iam.gserviceaccount.com`,
      private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
    });
  return `DefaultEndpointsProtocol=https;AccountName=${destination.storageAccount};AccountKey=${number.padStart(84, 'A')}AA==;EndpointSuffix=core.windows.net`;
}

/** The generation of a credential. */
export function generationOf(credential: Credential): number {
  if (credential.type === 's3') return Number(credential.accessKeyId.slice(-8));
  if (credential.type === 'gcs') return Number(/-(\d+)@/.exec(credential.clientEmail)?.[1]);
  return 'accountKey' in credential.access ? Number(credential.access.accountKey.slice(-12, -4)) : Number.NaN;
}
