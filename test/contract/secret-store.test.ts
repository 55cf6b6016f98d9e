import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretStore } from '../../lambdas/aws/secret-store.ts';
import type { LocalServer } from '../../local/servers/http-server.ts';
import { ServiceFault, startJsonProtocolServer } from '../../local/servers/json-protocol-server.ts';

const prefix = 'siem-export/test/';

describe('a secret', () => {
  let server: LocalServer;
  let client: SecretsManagerClient;
  let answer: () => object;
  const asked: unknown[] = [];
  beforeAll(async () => {
    server = await startJsonProtocolServer({
      GetSecretValue({ SecretId }) {
        asked.push(SecretId);
        return answer();
      },
    });
    client = new SecretsManagerClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
    });
  });
  afterAll(async () => {
    client?.destroy();
    await server?.close();
  });

  const read = (secretId = `${prefix}acme`) => createSecretStore({ client, prefix }).read(secretId);
  const refuse = (code: string) => () => {
    throw new ServiceFault(code, 'no');
  };

  it('is its text', async () => {
    answer = () => ({ SecretString: 'text' });
    expect(await read()).toBe('text');
  });

  it.each([
    ['ResourceNotFoundException', 'does not exist: create it'],
    ['InvalidRequestException', 'not being deleted'],
    ['ValidationException', 'check its name'],
  ])('that gives %s is for the operator to fix', async (code, remedy) => {
    answer = refuse(code);
    await expect(read()).rejects.toMatchObject({
      code: 'secret_missing',
      message: expect.stringContaining(remedy),
    });
  });

  it.each(['AccessDeniedException', 'DecryptionFailure'])(
    'that gives %s is our own trouble, and tried again',
    async code => {
      answer = refuse(code);
      await expect(read()).rejects.toMatchObject({ code: 'internal', retryable: true });
      await expect(read()).rejects.toThrow(code);
    },
  );

  it('without a text is for the operator to fix', async () => {
    answer = () => ({ SecretBinary: 'AAAA' });
    await expect(read()).rejects.toMatchObject({ code: 'secret_missing' });
  });

  it('outside the prefix is not even asked for', async () => {
    const before = asked.length;
    await expect(read('prod/database')).rejects.toMatchObject({ code: 'secret_missing' });
    expect(asked).toHaveLength(before);
  });
});
