import { generateKeyPairSync } from 'node:crypto';
import dns from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import net from 'node:net';
import { type Account, parseAccount } from '../../lambdas/domain/account.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { type GcsCredential, parseSecret } from '../../lambdas/domain/secret.ts';
import { watchedBy } from './contract-objects.ts';
import { movingVariables } from './outgoing-variables.ts';

/**
 * Runs the drivers without configured endpoints, as in production, with records and secrets that try to lead them
 * elsewhere. No request leaves the machine: every name and address that is looked up is noted and answered with “not
 * found”.
 */
export interface Attempt {
  readonly name: string;
  /** The hosts that were looked up; empty if the record or secret was refused. */
  readonly hosts: readonly string[];
  /** The code of the refusal or failure. */
  readonly outcome: string;
}

const elsewhere = 'evil.example';
let asked: string[] = [];
let onAsked: () => void = () => undefined;
const note = (host: string) => {
  asked.push(host);
  onAsked();
};
/**
 * Stands in for Google’s token endpoint, without which the driver never contacts the storage. The only server that
 * can be reached.
 */
const tokens = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end('{"access_token":"a-token","expires_in":3600,"token_type":"Bearer"}');
});
await once(tokens.listen(0, '127.0.0.1'), 'listening');
const { port: tokenPort } = tokens.address() as net.AddressInfo;
const notFound = (host: string) => Object.assign(new Error(`not found: ${host}`), { code: 'ENOTFOUND' });

// Patched, because every connection of Node uses these functions.
Object.assign(dns, {
  lookup(host: string, ...rest: unknown[]) {
    note(host);
    const callback = rest.at(-1) as (error: Error) => void;
    process.nextTick(callback, notFound(host));
  },
});
const { connect } = net.Socket.prototype;
Object.assign(net.Socket.prototype, {
  connect(this: net.Socket, ...settings: unknown[]) {
    const [options] = (Array.isArray(settings[0]) ? settings[0] : settings) as [
      { host?: string; path?: string; port?: number },
    ];
    if (Number(options.port) === tokenPort) return Reflect.apply(connect, this, settings);
    const host = options.host ?? options.path ?? 'localhost';
    if (net.isIP(host) === 0 && host !== 'localhost') return Reflect.apply(connect, this, settings);
    note(host);
    process.nextTick(() => this.destroy(notFound(host)));
    return this;
  },
});
// After the patches, so that named imports get the patched functions.
const { syncBuiltinESMExports } = await import('node:module');
syncBuiltinESMExports();
const { openBucket } = await import('../../lambdas/buckets/open-bucket.ts');
const { createGcsBucket } = await import('../../lambdas/buckets/gcs.ts');

const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const s3Key = { accessKeyId: 'A'.repeat(20), secretAccessKey: 'b'.repeat(40) };
const azureKey = `AccountKey=${Buffer.alloc(64, 'a key of nobody').toString('base64')}`;
const serviceAccount = {
  type: 'service_account',
  client_email: 'a@b.iam.gserviceaccount.com',
  private_key: privateKey,
};
const s3 = { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' };
const gcs = { type: 'gcs', bucket: 'acme-audit' };
const azure = { type: 'azure', storageAccount: 'acmeaudit', container: 'acme-audit' };
const roleArn = 'arn:aws:iam::123456789012:role/siem';

const hostileNames = [
  ...[
    `${elsewhere}#`,
    `${elsewhere}/`,
    `x@${elsewhere}`,
    `${elsewhere}:443/x`,
    '127.0.0.1',
    '169.254.169.254',
    'localhost',
  ],
  ...[
    'a..b',
    '..',
    'é.example',
    'xn--e1afmkfd',
    'acme--x-s3',
    'acme--use1-az4--x-s3',
    'acme-s3alias',
    'acme--op-s3',
  ],
  ...[
    'acme.audit.example',
    'metadata.google.internal',
    'x.vpce-1.s3.eu-central-1.vpce.amazonaws.com',
    'sts',
    '１２７.0.0.1',
  ],
];
const hostileRegions = [
  ...[
    `${elsewhere}/`,
    `x@${elsewhere}`,
    'eu-central-1.evil.example',
    'eu-central-1/..',
    'eu-central-1#',
    'EU-CENTRAL-1',
    '.',
  ],
  ...[
    'zz-evil-1',
    'cn-north-1',
    'us-gov-west-1',
    'us-iso-east-1',
    'local-host-1',
    'fips-us-east-1',
    'aws-global',
    's3-external-1',
  ],
];
const hostileAzure = [
  `AccountName=acmeaudit;${azureKey};EndpointSuffix=${elsewhere}`,
  `AccountName=acmeaudit;${azureKey};EndpointSuffix=core.windows.net.${elsewhere}`,
  `AccountName=acmeaudit.${elsewhere}/;${azureKey}`,
  `AccountName=x@${elsewhere};${azureKey}`,
  `AccountName=acmeaudit;${azureKey};BlobEndpoint=https://${elsewhere}`,
  `AccountName=acmeaudit;${azureKey};BlobEndpoint=https://acmeaudit.blob.core.windows.net@${elsewhere}`,
  `AccountName=acmeaudit;${azureKey};BlobEndpoint=https://acmeaudit.blob.core.windows.net:8443/x`,
  `AccountName=acmeaudit;${azureKey};BlobEndpoint=http://169.254.169.254/latest/meta-data`,
  `AccountName=acmeaudit;${azureKey};BlobEndpoint=https://acmeaudit.blob.core.windows.net/;QueueEndpoint=https://${elsewhere}`,
  `AccountName=acmeaudit;${azureKey};BlobSecondaryEndpoint=https://${elsewhere}`,
  `AccountName=acmeaudit;${azureKey};EndpointSuffix=CORE.WINDOWS.NET`,
  `AccountName=acmeaudit;${azureKey};EndpointSuffix=core.chinacloudapi.cn`,
  `UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://${elsewhere}`,
  `https://${elsewhere}/?sig=abc`,
  `https://acmeaudit.blob.core.windows.net.${elsewhere}/?sig=abc`,
  `https://acmeaudit.blob.core.windows.net\\@${elsewhere}/?sig=abc`,
  `https://acmeaudit.blob.core.windows.net/../../${elsewhere}?sig=abc`,
  `https://acmeaudit.blob.core.windows.net/@${elsewhere}?sig=abc&x=//${elsewhere}`,
  `https://acmeaudit.blob.core.windows.net/?sig=abc#@${elsewhere}`,
  `https://１２７.0.0.1/?sig=abc`,
  `AccountName=acmeaudit;${azureKey};EndpointSuffix=z07.blob.storage.azure.net`,
  `AccountName=acmeaudit;${azureKey};BlobEndpoint=https://acmeaudit.z07.blob.storage.azure.net@${elsewhere}`,
  `AccountName=acmeaudit;${azureKey};BlobEndpoint=https://${elsewhere}/acmeaudit.z07.blob.storage.azure.net`,
  `https://acmeaudit.z07.blob.storage.azure.net.${elsewhere}/?sig=abc`,
  `https://acmeaudit.z07.${elsewhere}/?sig=abc`,
  `https://acmeaudit.z07.blob.${elsewhere}/?sig=abc`,
  `https://acmeaudit.z007.blob.storage.azure.net/?sig=abc`,
  `https://acmeaudit.z07.blob.storage.azure.net\\@${elsewhere}/?sig=abc`,
  `https://acmeaudit.z07.blob.storage.azure.net/@${elsewhere}?sig=abc&x=//${elsewhere}`,
];

const attempts: Attempt[] = [];
const good = {
  s3: JSON.stringify(s3Key),
  gcs: JSON.stringify(serviceAccount),
  azure: `AccountName=acmeaudit;${azureKey}`,
};
await attempt('s3', s3, good.s3);
await attempt('s3 by role', { ...s3, roleArn, externalId: 'ext-1' });
await attempt('gcs', gcs, good.gcs);
await attempt('azure', azure, good.azure);
await attempt(
  'azure in a DNS zone',
  azure,
  `${good.azure};BlobEndpoint=https://acmeaudit.z07.blob.storage.azure.net/`,
);
for (const name of hostileNames) {
  await attempt(`bucket ${name} in s3`, { ...s3, bucket: name }, good.s3);
  await attempt(`bucket ${name} in gcs`, { ...gcs, bucket: name }, good.gcs);
  await attempt(`container ${name}`, { ...azure, container: name }, good.azure);
  await attempt(`prefix ${name}`, { ...s3, prefix: `//${name}` }, good.s3);
  await attempt(`role in ${name}`, {
    ...s3,
    roleArn: `arn:aws:iam::123456789012:role/${name}`,
    externalId: name,
  });
}
for (const region of hostileRegions) {
  await attempt(`region ${region}`, { ...s3, region }, good.s3);
  await attempt(`region ${region} by role`, { ...s3, region, roleArn, externalId: 'ext-1' });
}
for (const secret of hostileAzure) await attempt(`azure secret ${secret}`, azure, secret);
const url = `https://${elsewhere}/token`;
for (const more of [
  { token_uri: url, auth_uri: url, client_x509_cert_url: url, auth_provider_x509_cert_url: url },
  { universe_domain: elsewhere, apiEndpoint: elsewhere },
  { type: 'external_account', token_url: url, credential_source: { url } },
  { type: 'impersonated_service_account', service_account_impersonation_url: url },
  { quota_project_id: elsewhere, project_id: `x@${elsewhere}` },
])
  await attempt(`gcs secret ${Object.keys(more)}`, gcs, JSON.stringify({ ...serviceAccount, ...more }));
await attempt(
  's3 secret',
  s3,
  JSON.stringify({ ...s3Key, endpoint: url, region: elsewhere, sessionToken: elsewhere }),
);
for (const [variable, value] of Object.entries(movingVariables))
  await attemptsWith(variable, { [variable]: value });
await attemptsWith('all variables', movingVariables);
process.stdout.write(JSON.stringify(attempts));
process.exit();

/** The hosts that are looked up while such variables are set. */
async function attemptsWith(name: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const before = { ...process.env };
  const file = 'AWS_CONFIG_FILE' in variables && { AWS_CONFIG_FILE: process.argv[2] };
  Object.assign(process.env, variables, file);
  await attempt(`s3 with ${name}`, s3, good.s3);
  await attempt(`s3 by role with ${name}`, { ...s3, roleArn, externalId: 'ext-1' });
  await attempt(`gcs with ${name}`, gcs, good.gcs);
  await attempt(`azure with ${name}`, azure, good.azure);
  for (const bytes of [1, 300_000])
    await attemptWithToken(`gcs with a token, ${bytes} bytes and ${name}`, bytes);
  process.env = before;
}

async function attemptWithToken(name: string, bytes: number): Promise<void> {
  asked = [];
  const end = new AbortController();
  onAsked = () => setTimeout(() => end.abort(new ExportError('out_of_time', 'a host was asked for')), 20);
  const bucket = createGcsBucket({
    destination: { type: 'gcs', bucket: 'acme-audit' },
    credential: parseSecret({ type: 'gcs' }, good.gcs) as GcsCredential,
    tokenUrl: `http://127.0.0.1:${tokenPort}/token`,
    chunkSize: 256 * 1024,
  });
  const body = (async function* () {
    yield Buffer.alloc(bytes);
  })();
  const object = { key: 'audit/x', body, contentType: 'application/zip', metadata: {} };
  const { kind: outcome } = await bucket.create(object, watchedBy(end.signal));
  bucket.close();
  attempts.push({ name, hosts: [...new Set(asked)], outcome });
}

async function attempt(name: string, destination: Record<string, unknown>, secret?: string): Promise<void> {
  asked = [];
  const outcome = await write(destination, secret);
  attempts.push({ name, hosts: [...new Set(asked)], outcome });
}

/** Opens the bucket and writes, until the first host has been looked up. */
async function write(destination: Record<string, unknown>, secret: string | undefined): Promise<string> {
  const end = new AbortController();
  onAsked = () => setTimeout(() => end.abort(new ExportError('out_of_time', 'a host was asked for')), 20);
  try {
    const account: Account = parseAccount({
      accountId: 'acme',
      timeZone: 'UTC',
      status: 'active',
      secretId: 'siem-export/acme',
      destination,
    });
    const credential = secret === undefined ? undefined : parseSecret(account.destination, secret);
    const bucket = await openBucket({
      destination: account.destination,
      credential,
      endpoints: {},
      sessionName: 'acme',
      exporter: { region: 'eu-central-1' },
      signal: end.signal,
    });
    const body = (async function* () {
      yield Buffer.from('a row');
    })();
    const answer = await bucket.create(
      { key: 'audit/x', body, contentType: 'application/zip', metadata: {} },
      watchedBy(end.signal),
    );
    return 'failure' in answer ? answer.failure.code : answer.kind;
  } catch (thrown) {
    return thrown instanceof ExportError ? thrown.code : String(thrown);
  }
}
