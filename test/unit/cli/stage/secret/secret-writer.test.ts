import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { createSecretWriter } from '../../../../../cli/stage/secret/secret-writer.ts';
import { startHttpServer } from '../../../../../local/servers/http-server.ts';

test('a secret that Secrets Manager does not answer for is given up', async () => {
  const silent = await startHttpServer(() => undefined);
  const client = new SecretsManagerClient({
    endpoint: silent.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const secrets = createSecretWriter({ client, prefix: 'siem-export/prod/', longestPut: 50 });
  await expect(secrets.put('siem-export/prod/acme', 'x')).rejects.toMatchObject({
    code: 'unreachable',
    message: 'Secrets Manager gave no answer within 0.05 seconds',
  });
  client.destroy();
  await silent.close();
});
