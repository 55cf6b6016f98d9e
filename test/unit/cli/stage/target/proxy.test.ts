import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test, vi } from 'vitest';
import { sdkConfig } from '../../../../../cli/stage/target/deployed.ts';
import { proxyOf } from '../../../../../cli/stage/target/proxy.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: '' }, undefined],
  [{ HTTP_PROXY: 'http://proxy:1' }, undefined],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '' }],
  [
    { HTTPS_PROXY: 'proxy:3128', NO_PROXY: '.corp' },
    { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '.corp' },
  ],
  [
    { https_proxy: 'https://small', HTTPS_PROXY: 'http://large' },
    { HTTPS_PROXY: 'https://small', NO_PROXY: '' },
  ],
])('the environment %j names the proxy %j', (env, proxy) => {
  expect(proxyOf(env)).toEqual(proxy);
});

test.each(['socks5://user:secret-word@proxy:1080', 'http://', 'ftp://secret-word'])(
  '%s is refused, and never shown',
  named => {
    expect(() => proxyOf({ HTTPS_PROXY: named })).toThrow(/HTTPS_PROXY is not an HTTP proxy/);
    expect(() => proxyOf({ HTTPS_PROXY: named })).not.toThrow(/secret-word/);
  },
);

test('requests to AWS go through the proxy, and those to hosts in NO_PROXY do not', async () => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(String(request.url));
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  vi.stubEnv('https_proxy', '');
  const list = async () => {
    const client = new DynamoDBClient({
      ...sdkConfig({ region: 'eu-central-1' }),
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      endpoint: 'https://dynamodb.invalid',
      maxAttempts: 1,
    });
    await expect(client.send(new ListTablesCommand({}))).rejects.toThrow();
    client.destroy();
  };
  try {
    await list();
    expect(asked).toEqual(['dynamodb.invalid:443']);
    vi.stubEnv('NO_PROXY', '.invalid');
    await list();
    expect(asked).toHaveLength(1);
  } finally {
    proxy.close();
  }
});
