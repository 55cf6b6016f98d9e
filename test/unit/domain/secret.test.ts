import { describe, expect, it } from 'vitest';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { parseSecret } from '../../../lambdas/domain/secret.ts';

/** Invented for these tests; they give access to nothing. */
const accessKeyId = 'AKIAQ7EXAMPLEKEY4Z2M';
const secretAccessKey = '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';
const s3 = { accessKeyId, secretAccessKey };

const privateKey = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----\n`;
const serviceAccount = {
  type: 'service_account',
  project_id: 'acme-prod',
  private_key_id: '3f9c1d7be2a84056',
  private_key: privateKey,
  client_email: 'siem-export@acme-prod.iam.gserviceaccount.com',
  client_id: '104857201938475610293',
  auth_uri: 'https://accounts.google.com/o/oauth2/auth',
  token_uri: 'https://oauth2.googleapis.com/token',
  universe_domain: 'googleapis.com',
};

const accountKey = `${'Zm9vYmFyYmF6'.repeat(7)}Zg==`;
const connection = `DefaultEndpointsProtocol=https;AccountName=acmeaudit;AccountKey=${accountKey};EndpointSuffix=core.windows.net`;
const sas = 'sv=2024-11-04&ss=b&srt=o&sp=c&se=2027-01-01T00:00:00Z&sig=Xk3v%2FJq81mPzR0aYtWc7%3D';
const acmeaudit = { type: 'azure', storageAccount: 'acmeaudit' } as const;
const byKey = {
  type: 'azure',
  accountName: 'acmeaudit',
  cloud: 'public',
  host: 'acmeaudit.blob.core.windows.net',
  access: { accountKey },
};
const bySas = { ...byKey, access: { sas } };
const zoneHost = 'acmeaudit.z07.blob.storage.azure.net';

function faultOf(type: 's3' | 'gcs' | 'azure', secret: string): string {
  try {
    parseSecret({ type, storageAccount: 'acmeaudit' }, secret);
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    expect(error.code).toBe('secret_invalid');
    expect(error.cause).toBeUndefined();
    return error.message;
  }
  throw new Error('The secret was taken');
}

const pasted: [string, (text: string) => string][] = [
  ['as it is', text => text],
  ['with spaces and line ends around it', text => ` \r\n${text}\n\n`],
  ['with a byte-order mark', text => `\ufeff${text}`],
];

describe.each(pasted)('a secret pasted %s', (_, paste) => {
  it('S3: an access key', () => {
    expect(parseSecret({ type: 's3' }, paste(JSON.stringify(s3, null, 2)))).toEqual({ type: 's3', ...s3 });
  });

  it('Google Cloud Storage: a service-account file, of which e-mail and key are kept', () => {
    expect(parseSecret({ type: 'gcs' }, paste(JSON.stringify(serviceAccount, null, 2)))).toEqual({
      type: 'gcs',
      clientEmail: serviceAccount.client_email,
      privateKey: privateKey.trim(),
    });
  });

  it('Azure: a connection string, bare or in JSON', () => {
    expect(parseSecret(acmeaudit, paste(connection))).toEqual(byKey);
    expect(parseSecret(acmeaudit, paste(JSON.stringify({ connectionString: connection })))).toEqual(byKey);
  });

  it('Azure: the URL of a SAS, bare or in JSON', () => {
    const sasUrl = `https://acmeaudit.blob.core.windows.net/?${sas}`;
    expect(parseSecret(acmeaudit, paste(sasUrl))).toEqual(bySas);
    expect(parseSecret(acmeaudit, paste(JSON.stringify({ sasUrl })))).toEqual(bySas);
  });
});

describe('what else is taken', () => {
  it('S3: a session token, and spaces around the values', () => {
    const secret = {
      accessKeyId: ` ${accessKeyId}\n`,
      secretAccessKey,
      sessionToken: 'IQoJb3JpZ2luX2VjEAo=',
    };
    expect(parseSecret({ type: 's3' }, JSON.stringify(secret))).toEqual({
      type: 's3',
      ...secret,
      accessKeyId,
    });
  });

  it('Azure: the URL of a SAS for a container', () => {
    const sasUrl = `https://acmeaudit.blob.core.windows.net/audit?${sas}`;
    expect(parseSecret(acmeaudit, JSON.stringify({ sasUrl }))).toEqual({ ...bySas, path: 'audit' });
  });

  it('Azure: the URL of a SAS for an account with a DNS zone', () => {
    const credential = { ...bySas, host: zoneHost };
    expect(parseSecret(acmeaudit, `https://${zoneHost}/audit?${sas}`)).toEqual({
      ...credential,
      path: 'audit',
    });
    expect(parseSecret(acmeaudit, JSON.stringify({ sasUrl: `https://${zoneHost}/?${sas}` }))).toEqual(
      credential,
    );
  });

  it.each([
    ['a key without EndpointSuffix', `AccountName=acmeaudit;AccountKey=${accountKey}`, byKey],
    ['names in other letters', `accountname=acmeaudit; ACCOUNTKEY=${accountKey};;`, byKey],
    ['its own BlobEndpoint', `${connection};BlobEndpoint=https://acmeaudit.blob.core.windows.net/`, byKey],
    [
      'a SAS as the portal shows it',
      `BlobEndpoint=https://acmeaudit.blob.core.windows.net/;QueueEndpoint=https://acmeaudit.queue.core.windows.net/;SharedAccessSignature=${sas}`,
      bySas,
    ],
    ['a SAS with its question mark', `AccountName=acmeaudit;SharedAccessSignature=?${sas}`, bySas],
    [
      'the endpoint of a DNS zone beside the suffix of its cloud',
      `${connection};BlobEndpoint=https://${zoneHost}/`,
      { ...byKey, host: zoneHost },
    ],
    [
      'the endpoint of a DNS zone alone',
      `BlobEndpoint=https://${zoneHost}/;FileEndpoint=https://acmeaudit.z07.file.storage.azure.net/;SharedAccessSignature=${sas}`,
      { ...bySas, host: zoneHost },
    ],
  ])('Azure: a connection string with %s', (_, secret, credential) => {
    expect(parseSecret(acmeaudit, secret)).toEqual(credential);
  });

  it.each([
    ['usgovernment', 'core.usgovcloudapi.net'],
    ['china', 'core.chinacloudapi.cn'],
    ['public', 'core.windows.net'],
  ] as const)('Azure: a storage account in the cloud %s', (cloud, suffix) => {
    const host = `acmeaudit.blob.${suffix}`;
    const text = `AccountName=acmeaudit;AccountKey=${accountKey};EndpointSuffix=${suffix}`;
    expect(parseSecret({ ...acmeaudit, cloud }, text)).toEqual({ ...byKey, cloud, host });
    expect(parseSecret({ ...acmeaudit, cloud }, `https://${host}/audit?${sas}`)).toEqual({
      ...bySas,
      cloud,
      host,
      path: 'audit',
    });
  });

  it('Google Cloud: every URL in the file is discarded, hostile or not', () => {
    const hostile = {
      ...serviceAccount,
      token_uri: 'https://evil.example/token',
      universe_domain: 'evil.example',
    };
    expect(JSON.stringify(parseSecret({ type: 'gcs' }, JSON.stringify(hostile)))).not.toContain('evil');
  });
});

describe('what is refused', () => {
  it.each(['', '  ', 'not JSON', '{"accessKeyId":', 'null', '[]', '"text"', '5'])(
    '%j, by every cloud',
    secret => {
      for (const type of ['s3', 'gcs', 'azure'] as const) expect(faultOf(type, secret)).toContain('expected');
    },
  );

  it('a secret of another cloud, saying which is needed', () => {
    expect(faultOf('s3', JSON.stringify(serviceAccount))).toBe(
      'The secret is not an S3 credential, {"accessKeyId", "secretAccessKey"}: accessKeyId: expected text, got nothing; secretAccessKey: expected text, got nothing',
    );
    expect(faultOf('s3', connection)).toContain('expected JSON');
    expect(faultOf('gcs', JSON.stringify(s3))).toContain('type: expected service_account');
    expect(faultOf('azure', JSON.stringify(s3))).toContain('expected either connectionString or sasUrl');
  });

  const evil = connection.replaceAll('acmeaudit', 'evilaudit');
  it.each([
    ['a connection string', evil],
    ['a connection string in JSON', JSON.stringify({ connectionString: evil })],
    ['the URL of a SAS', `https://evilaudit.blob.core.windows.net/audit?${sas}`],
    [
      'the URL of a SAS in JSON',
      JSON.stringify({ sasUrl: `https://evilaudit.blob.core.windows.net/?${sas}` }),
    ],
    ['the URL of a SAS in a DNS zone', `https://evilaudit.z07.blob.storage.azure.net/audit?${sas}`],
    [
      'a SAS as the portal shows it',
      `BlobEndpoint=https://evilaudit.blob.core.windows.net/;SharedAccessSignature=${sas}`,
    ],
  ])('%s of another storage account than the record’s, naming both', (_, secret) => {
    expect(faultOf('azure', secret)).toBe(
      'The secret is a credential of the storage account evilaudit, and the account record names acmeaudit: store a credential of the one that the record names, or correct the record',
    );
  });

  it('a storage account of the same name in another cloud', () => {
    const inChina = connection.replace('core.windows.net', 'core.chinacloudapi.cn');
    expect(faultOf('azure', inChina)).toContain(
      'of the storage account acmeaudit in the cloud china, and the account record names acmeaudit in the cloud public:',
    );
    const inZone = `https://${zoneHost}/?${sas}`;
    for (const secret of [connection, inZone])
      expect(() => parseSecret({ ...acmeaudit, cloud: 'china' }, secret)).toThrow(
        'acmeaudit in the cloud public, and the account record names acmeaudit in the cloud china:',
      );
  });

  it('every fault at once', () => {
    expect(
      faultOf('gcs', JSON.stringify({ type: 'service_account', client_email: 5, private_key: 'x' })),
    ).toMatch(
      /client_email: expected text, got number; private_key: expected a private key in PEM, got other text$/,
    );
    expect(faultOf('azure', 'DefaultEndpointsProtocol=http;AccountName=A;AccountKey=?')).toMatch(
      /DefaultEndpointsProtocol: expected https; AccountName: expected .*; AccountKey: expected 64 bytes in base64, 88 characters, as Azure shows it$/,
    );
  });

  it.each(['external_account', 'authorized_user', 'impersonated_service_account', undefined])(
    'a Google credential of type %s',
    type => {
      expect(faultOf('gcs', JSON.stringify({ ...serviceAccount, type }))).toContain(
        'expected service_account',
      );
    },
  );

  it.each([
    ['another endpoint', `${connection};BlobEndpoint=http://169.254.169.254/`, 'BlobEndpoint'],
    [
      'the endpoint of another account',
      `${connection};BlobEndpoint=https://evilblobs.blob.core.windows.net`,
      'BlobEndpoint',
    ],
    [
      'only a foreign endpoint',
      `BlobEndpoint=https://evil.example/;SharedAccessSignature=${sas}`,
      'BlobEndpoint',
    ],
    [
      'a foreign suffix',
      `AccountName=acmeaudit;AccountKey=${accountKey};EndpointSuffix=evil.com`,
      'EndpointSuffix',
    ],
    [
      'the endpoint of another account in a DNS zone',
      `${connection};BlobEndpoint=https://evilblobs.z07.blob.storage.azure.net`,
      'BlobEndpoint',
    ],
    [
      'the endpoint of a DNS zone in a cloud that has none',
      `AccountName=acmeaudit;AccountKey=${accountKey};EndpointSuffix=core.chinacloudapi.cn;BlobEndpoint=https://${zoneHost}`,
      'BlobEndpoint',
    ],
    [
      'a DNS zone for a suffix',
      `AccountName=acmeaudit;AccountKey=${accountKey};EndpointSuffix=z07.blob.storage.azure.net`,
      'EndpointSuffix',
    ],
    ['a suffix that goes on', connection.replace(/net$/, 'net.evil.com'), 'EndpointSuffix'],
    ['an account that is a host', connection.replace('acmeaudit', 'evil.com/'), 'AccountName'],
    ['http', connection.replace('https', 'http'), 'DefaultEndpointsProtocol'],
    ['the emulator', 'UseDevelopmentStorage=true', 'UseDevelopmentStorage'],
    [
      'the emulator elsewhere',
      `${connection};DevelopmentStorageProxyUri=http://evil.com`,
      'UseDevelopmentStorage',
    ],
    ['neither key nor SAS', 'AccountName=acmeaudit', 'AccountKey'],
    [
      'a SAS without signature',
      'AccountName=acmeaudit;SharedAccessSignature=sv=1&sig=',
      'SharedAccessSignature',
    ],
  ])('a connection string with %s', (_, secret, setting) => {
    expect(faultOf('azure', secret)).toContain(`${setting}: expected`);
    expect(faultOf('azure', JSON.stringify({ connectionString: secret }))).toContain(`${setting}: expected`);
  });

  it.each([
    `https://acmeaudit.blob.core.windows.net.evil.com/?${sas}`,
    `https://acmeaudit.blob.core.windows.net@evil.com/?${sas}`,
    `https://user:word@acmeaudit.blob.core.windows.net/?${sas}`,
    `https://acmeaudit.blob.core.windows.net:8443/?${sas}`,
    `http://acmeaudit.blob.core.windows.net/?${sas}`,
    `https://evil.com/.blob.core.windows.net/?${sas}`,
    `https://evil.com#.blob.core.windows.net/?${sas}`,
    `https://evil.com\\.blob.core.windows.net/?${sas}`,
    `https://acmeaudit.file.core.windows.net/?${sas}`,
    `https://a.b.blob.core.windows.net/?${sas}`,
    ...[
      'acmeaudit.z7.blob.storage.azure.net',
      'acmeaudit.z007.blob.storage.azure.net',
      'acmeaudit.z0a.blob.storage.azure.net',
      'acmeaudit.z٠٧.blob.storage.azure.net',
      'acmeaudit.07.blob.storage.azure.net',
      'acmeaudit.blob.storage.azure.net',
      'acmeaudit.z07.file.storage.azure.net',
      'acmeaudit.z07.blob.core.windows.net',
      'acmeaudit.z07.blob.storage.azure.net.evil.com',
      'acmeaudit.z07.blob.storage.azure.net@evil.com',
      'acmeaudit.z07.blob.storage.azure.net:8443',
      'acmeaudit.z07.blob.storage.azure.net.',
      'acmeaudit.z07.blob.storage-azure.net',
      'acmeaudit.z07.blobxstorage.azure.net',
      'a.b.z07.blob.storage.azure.net',
      'ab.z07.blob.storage.azure.net',
      'z07.blob.storage.azure.net',
      'user:word@acmeaudit.z07.blob.storage.azure.net',
      'evil.com/.z07.blob.storage.azure.net',
      'evil.com#.z07.blob.storage.azure.net',
      'evil.com\\.z07.blob.storage.azure.net',
    ].map(host => `https://${host}/?${sas}`),
    `http://acmeaudit.z07.blob.storage.azure.net/?${sas}`,
    `https://169.254.169.254/?${sas}`,
    'https://acmeaudit.blob.core.windows.net/',
    'https://',
  ])('the SAS URL %s', sasUrl => {
    expect(faultOf('azure', JSON.stringify({ sasUrl }))).toContain('sasUrl: expected');
    expect(faultOf('azure', sasUrl)).toContain('sasUrl: expected');
  });

  it.each([
    ['cut short by two characters', accountKey.slice(0, -2)],
    ['cut in the middle', `${accountKey.slice(0, 40)}==`],
    ['with a character too many', `A${accountKey}`],
    ['of another length', Buffer.alloc(63, 'x').toString('base64')],
  ])('an account key of Azure %s', (_, key) => {
    expect(faultOf('azure', connection.replace(accountKey, key))).toContain('AccountKey: expected 64 bytes');
  });

  it.each([
    [
      'a secret access key that is cut',
      { ...s3, secretAccessKey: secretAccessKey.slice(0, 39) },
      'secretAccessKey: expected at least 40',
    ],
    [
      'a temporary key without its token',
      { ...s3, accessKeyId: 'ASIAQ7EXAMPLEKEY4Z2M' },
      'sessionToken: expected one',
    ],
    ['the id of a user', { ...s3, accessKeyId: 'AIDAQ7EXAMPLEUSER4Z2' }, 'not of a user or role'],
    ['the id of a role', { ...s3, accessKeyId: 'AROAQ7EXAMPLEROLE4Z2' }, 'not of a user or role'],
  ])('S3: %s', (_, secret, fault) => {
    expect(faultOf('s3', JSON.stringify(secret))).toContain(fault);
  });

  it('no secret access key that is longer than those of today', () => {
    const secret = { ...s3, secretAccessKey: `${secretAccessKey}Zz19` };
    expect(parseSecret({ type: 's3' }, JSON.stringify(secret))).toEqual({ type: 's3', ...secret });
  });

  it('both a connection string and the URL of a SAS', () => {
    const sasUrl = `https://acmeaudit.blob.core.windows.net/?${sas}`;
    expect(faultOf('azure', JSON.stringify({ connectionString: connection, sasUrl }))).toContain('either');
  });
});
