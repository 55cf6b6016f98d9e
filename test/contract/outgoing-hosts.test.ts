import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCertificate } from '../../bench/servers/certificate.ts';
import { lookupCloud, mayBeCloud } from '../../lambdas/buckets/cloud-address.ts';
import { openBucket } from '../../lambdas/buckets/open-bucket.ts';
import type { Account } from '../../lambdas/domain/account.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import type { Credential } from '../../lambdas/domain/secret.ts';
import { listen } from '../../local/servers/http-server.ts';
import { watchedBy } from './contract-objects.ts';
import type { Attempt } from './outgoing-hosts.ts';
import { configFile, movingVariables } from './outgoing-variables.ts';

/** Every host that a credential or a record may lead to. */
const allowed = [
  /^([a-z0-9-]+\.)?s3(-[a-z0-9]+)*\.([a-z0-9-]+\.)?(amazonaws\.com(\.cn)?|c2s\.ic\.gov)$/,
  /^sts(-fips)?(\.[a-z0-9-]+)?\.(amazonaws\.com(\.cn)?|c2s\.ic\.gov)$/,
  /^(oauth2|storage)\.googleapis\.com$/,
  /^[a-z0-9]{3,24}\.blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)$/,
  /^[a-z0-9]{3,24}\.z[0-9]{2}\.blob\.storage\.azure\.net$/,
];

describe('without endpoints of local mode', () => {
  let attempts: readonly Attempt[];
  const named = (name: string) => attempts.find(attempt => attempt.name === name);
  const folder = mkdtempSync(join(tmpdir(), 'outgoing-hosts-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    const file = join(folder, 'config');
    writeFileSync(file, configFile);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(import.meta.dirname, 'outgoing-hosts.ts'), file],
      { env: { AWS_ACCESS_KEY_ID: 'A'.repeat(20), AWS_SECRET_ACCESS_KEY: 'b'.repeat(40) }, timeout: 100_000 },
    );
    attempts = JSON.parse(stdout) as Attempt[];
  });

  it('each cloud is asked for at its own host', () => {
    expect(named('s3')?.hosts).toEqual(['acme-audit.s3.eu-central-1.amazonaws.com']);
    expect(named('s3 by role')?.hosts).toEqual(['sts.eu-central-1.amazonaws.com']);
    expect(named('gcs')?.hosts).toEqual(['oauth2.googleapis.com']);
    expect(named('azure')?.hosts).toEqual(['acmeaudit.blob.core.windows.net']);
    expect(named('azure in a DNS zone')?.hosts).toEqual(['acmeaudit.z07.blob.storage.azure.net']);
  });

  it('no record and no secret leads to another host', () => {
    const hosts = [...new Set(attempts.flatMap(attempt => attempt.hosts))];
    expect(hosts.filter(host => !allowed.some(pattern => pattern.test(host)))).toEqual([]);
    expect(attempts.length).toBeGreaterThan(120);
  });

  it.each([...Object.keys(movingVariables), 'all variables'])('%s moves nothing', variable => {
    const hosts = attempts
      .filter(({ name }) => name.endsWith(` ${variable}`))
      .map(({ name, hosts }) => [name.replace(/ (?:with|and) [^ ]*(?: variables)?$/, ''), ...hosts]);
    expect(hosts).toEqual([
      ['s3', 'acme-audit.s3.eu-central-1.amazonaws.com'],
      ['s3 by role', 'sts.eu-central-1.amazonaws.com'],
      ['gcs', 'oauth2.googleapis.com'],
      ['azure', 'acmeaudit.blob.core.windows.net'],
      ['gcs with a token, 1 bytes', 'storage.googleapis.com'],
      ['gcs with a token, 300000 bytes', 'storage.googleapis.com'],
    ]);
  });

  it('whatever asks for no host was refused by name', () => {
    const silent = attempts.filter(({ hosts }) => hosts.length === 0);
    expect(silent.length).toBeGreaterThan(50);
    for (const { name, outcome } of silent)
      expect([name, outcome]).toEqual([name, expect.stringMatching(/^(account|secret)_invalid$/)]);
  });
});

const destinations: readonly [Account['destination'], Credential][] = [
  [
    { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
    { type: 's3', accessKeyId: 'A'.repeat(20), secretAccessKey: 'b'.repeat(40) },
  ],
  [
    { type: 'gcs', bucket: 'acme-audit' },
    {
      type: 'gcs',
      clientEmail: 'a@b.iam.gserviceaccount.com',
      privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
    },
  ],
  [
    { type: 'azure', storageAccount: 'acmeaudit', container: 'acme-audit' },
    {
      type: 'azure',
      accountName: 'acmeaudit',
      cloud: 'public',
      host: 'acmeaudit.blob.core.windows.net',
      access: { sas: 'sig=abc' },
    },
  ],
];
describe('a certificate that nobody vouches for', () => {
  it.each([
    ...destinations,
    [
      { ...destinations[0]?.[0], roleArn: 'arn:aws:iam::123456789012:role/siem', externalId: 'ext-1' },
      undefined,
    ],
  ] as [Account['destination'], Credential | undefined][])(
    'is refused though NODE_TLS_REJECT_UNAUTHORIZED says otherwise: %o',
    async (destination, credential) => {
      let requests = 0;
      const server = createSecureServer(await createCertificate(), (_, response) => {
        requests++;
        response.end('{}');
      });
      const { port, close } = await listen(server);
      const endpoint = `https://localhost:${port}`;
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      // The exporter’s own credentials, with which it assumes the role.
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'A'.repeat(20));
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b'.repeat(40));
      try {
        const endpoints = { s3: endpoint, sts: endpoint, gcs: endpoint, azure: `${endpoint}/acmeaudit` };
        const opening = { destination, credential, endpoints, sessionName: 'acme' };
        const writing = openBucket({ ...opening, exporter: { region: 'eu-central-1' } }).then(
          async bucket => {
            const body = (async function* () {
              yield Buffer.from('a row');
            })();
            const object = { key: 'audit/x', body, contentType: 'application/zip', metadata: {} };
            const answer = await bucket.create(object, watchedBy(AbortSignal.timeout(20_000)));
            bucket.close();
            return 'failure' in answer ? answer.failure.code : answer.kind;
          },
          (thrown: unknown) => (thrown instanceof ExportError ? thrown.code : thrown),
        );
        expect(await writing).toBe('network');
        expect(requests).toBe(0);
      } finally {
        vi.unstubAllEnvs();
        await close();
      }
    },
  );
});

describe('a redirect', () => {
  let visits = 0;
  const trap = createServer((_, response) => {
    visits++;
    response.end('{}');
  });
  const redirecting = createServer((request, response) => {
    request.resume();
    // Issue a token first, so that the redirect could steal it.
    if (request.url?.startsWith('/token')) {
      response.setHeader('content-type', 'application/json');
      response.end('{"access_token":"a-token","expires_in":3600,"token_type":"Bearer"}');
      return;
    }
    const { port } = trap.address() as AddressInfo;
    const location = `http://127.0.0.1:${port}${request.url}`;
    response.writeHead(status, { location, 'x-amz-bucket-region': 'us-east-1' }).end();
  });
  let status = 307;
  let endpoint = '';
  beforeAll(async () => {
    for (const server of [trap, redirecting]) await once(server.listen(0, '127.0.0.1'), 'listening');
    endpoint = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    for (const server of [trap, redirecting]) {
      server.closeAllConnections();
      server.close();
    }
  });

  const cases = [301, 302, 303, 307, 308].flatMap(code =>
    destinations.map(([destination, credential]) => ({
      code,
      cloud: destination.type,
      destination,
      credential,
    })),
  );
  // One chunk, and more than one, which needs several requests.
  it.each(cases)('$code of $cloud is not followed', async ({ code, destination, credential }) => {
    status = code;
    for (const bytes of [5, 9 * 1024 * 1024]) {
      const bucket = await openBucket({
        destination,
        credential,
        endpoints: { s3: endpoint, gcs: endpoint, azure: `${endpoint}/acmeaudit` },
        sessionName: 'acme',
        exporter: { region: 'eu-central-1' },
      });
      const body = (async function* () {
        yield Buffer.alloc(bytes);
      })();
      const object = { key: 'audit/x', body, contentType: 'application/zip', metadata: {} };
      // Google’s status 308 means that the upload is incomplete, and is retried.
      const answer = await bucket.create(object, watchedBy(AbortSignal.timeout(3_000)));
      expect(['refused', 'unclear']).toContain(answer.kind);
      bucket.close();
    }
    expect(visits).toBe(0);
  });
});

describe('the address of a cloud', () => {
  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::169.254.169.254',
    '64:ff9b::52.219.170.1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
  ])('is not %s', address =>
    expect(mayBeCloud({ address, family: address.includes(':') ? 6 : 4 })).toBe(false),
  );

  it.each([
    '52.219.170.1',
    '10.0.0.7',
    '172.16.3.1',
    '2600:1fa0::1',
    'fd12::1',
    '::ffff:52.219.170.1',
    '2001:db8::1',
  ])('may be %s: through a VPC endpoint it is a private one', address =>
    expect(mayBeCloud({ address, family: address.includes(':') ? 6 : 4 })).toBe(true),
  );

  it('is refused when the name leads to this machine', async () => {
    const resolving = new Promise((resolve, reject) =>
      lookupCloud('localhost', {}, (error, address) => (error ? reject(error) : resolve(address))),
    );
    await expect(resolving).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});
