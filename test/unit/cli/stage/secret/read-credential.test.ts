import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { credentialSteps } from '../../../../../cli/stage/secret/credential-steps.ts';
import { readCredential } from '../../../../../cli/stage/secret/read-credential.ts';
import { type Destination, parseAccount } from '../../../../../lambdas/domain/account.ts';

const destinations = {
  s3: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
  gcs: { type: 'gcs', bucket: 'acme-audit' },
  azure: { type: 'azure', storageAccount: 'acmeaudit', container: 'logs' },
} as const satisfies Record<string, Destination>;

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const pem = rsa.export({ type: 'pkcs8', format: 'pem' }).toString();
const serviceAccount = {
  type: 'service_account',
  private_key: pem,
  client_email: 'siem@acme.iam.gserviceaccount.com',
  universe_domain: 'googleapis.com',
};
const withKey = (key: string) => JSON.stringify({ ...serviceAccount, private_key: key });
const accessKeyId = 'AKIAQ7EXAMPLEKEY4Z2M';
const secretAccessKey = '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';
const s3 = JSON.stringify({ accessKeyId, secretAccessKey });
const accountKey = Buffer.alloc(64, 'key').toString('base64');
const connection = `DefaultEndpointsProtocol=https;AccountName=acmeaudit;AccountKey=${accountKey};EndpointSuffix=core.windows.net`;
const sas = 'sv=2025-01-05&sr=c&sp=cw&se=2027-12-01&sig=k9Zr2xW0a7Vb%2BQyP3nT5sLcE8uFhJ1dG4mXoRiUeKz0%3D';
const base64 = (text: string) => Buffer.from(text).toString('base64');

function faultOf(cloud: keyof typeof destinations, secret: string): string {
  try {
    readCredential(destinations[cloud], secret);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  throw new Error('The secret was taken');
}

test('credentials as they are issued are taken', () => {
  for (const secret of [JSON.stringify(serviceAccount, null, 2), `\n${JSON.stringify(serviceAccount)}\n`])
    expect(readCredential(destinations.gcs, secret)).toMatchObject({ type: 'gcs', privateKey: pem.trim() });
  expect(readCredential(destinations.s3, ` ${s3}\n`)).toMatchObject({ accessKeyId });
  expect(readCredential(destinations.azure, `${connection}\n`)).toMatchObject({ access: { accountKey } });
});

describe('the key of a service account has to sign', () => {
  const lines = pem.trim().split('\n');
  const altered = [...lines];
  altered[3] = [...(altered[3] ?? '')].reverse().join('');
  test.each([
    ['with spaces where lines end', pem.trim().replaceAll('\n', ' '), 'spaces instead of line breaks'],
    ['cut in the middle', `${pem.slice(0, 500)}\n-----END PRIVATE KEY-----\n`, 'cut off or was altered'],
    ['without a line', lines.filter((_, at) => at !== 5).join('\n'), 'cut off or was altered'],
    ['with a line altered', altered.join('\n'), 'cut off or was altered'],
    ['without its end', pem.slice(0, 900), 'cut off at the end'],
    ['escaped twice', pem.replaceAll('\n', '\\n'), 'escaped twice'],
    [
      'of another kind',
      generateKeyPairSync('ec', { namedCurve: 'P-256' })
        .privateKey.export({ type: 'pkcs8', format: 'pem' })
        .toString(),
      'cut off or was altered',
    ],
    [
      'with a password',
      rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      'is encrypted',
    ],
  ])('%s it is refused', (_, key, fault) => {
    expect(faultOf('gcs', withKey(key))).toContain(fault);
  });
});

const inPascalCase = JSON.stringify({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  Version: 1,
});

test.each<[string, keyof typeof destinations, string, string]>([
  ['a connection string in quotes', 'azure', `"${connection}"`, 'quotation marks'],
  ['a connection string in curly quotes', 'azure', `“${connection}”`, 'quotation marks'],
  ['a key file in single quotes', 'gcs', `'${withKey(pem)}'`, 'quotation marks'],
  ['a SAS alone', 'azure', sas, '{"sasUrl": "https://acmeaudit.blob.core.windows.net/logs?<the SAS>"}'],
  ['a SAS with its question mark', 'azure', `?${sas}`, 'a SAS without its URL'],
  ['an account key alone', 'azure', accountKey, 'AccountName=acmeaudit;AccountKey=<the key>;'],
  ['the base64 of a key file', 'gcs', base64(withKey(pem)), 'in base64: decode it'],
  ['the base64 of a connection string', 'azure', base64(connection), 'in base64: decode it'],
  [
    'the base64 of an access key, in lines',
    's3',
    base64(s3).replaceAll(/.{40}/g, '$&\n'),
    'in base64: decode it',
  ],
  [
    'AWS’s CSV',
    's3',
    `Access key ID,Secret access key\n${accessKeyId},${secretAccessKey}\n`,
    'CSV file of AWS',
  ],
  [
    'AWS’s old CSV',
    's3',
    `User Name,Access Key Id,Secret Access Key\n"x",${accessKeyId},${secretAccessKey}`,
    'CSV file of AWS',
  ],
  ['PascalCase', 's3', inPascalCase, 'with other key names, as AWS’s own tools write it'],
  [
    'what create-access-key prints',
    's3',
    JSON.stringify({ AccessKey: JSON.parse(inPascalCase) }),
    'one level too deep',
  ],
  [
    'what assume-role prints',
    's3',
    JSON.stringify({ Credentials: JSON.parse(inPascalCase) }),
    'one level too deep',
  ],
  [
    'snake case',
    's3',
    JSON.stringify({ aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey }),
    'with other key names',
  ],
  [
    'a credentials file',
    's3',
    `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}`,
    'a credentials file or the environment variables of AWS',
  ],
  [
    'exports',
    's3',
    `export AWS_ACCESS_KEY_ID=${accessKeyId}\nexport AWS_SECRET_ACCESS_KEY="${secretAccessKey}"`,
    'environment variables of AWS',
  ],
  [
    'PowerShell',
    's3',
    `$Env:AWS_ACCESS_KEY_ID="${accessKeyId}"\n$Env:AWS_SECRET_ACCESS_KEY="${secretAccessKey}"`,
    'environment variables of AWS',
  ],
  ['two lines', 's3', `${accessKeyId}\n${secretAccessKey}`, 'without key names'],
  ['the id alone', 's3', accessKeyId, 'only the id of an access key'],
  ['the secret key alone', 's3', secretAccessKey, 'only a secret access key'],
  ['a PEM alone', 'gcs', pem, 'only a private key'],
  ['an HMAC key', 'gcs', 'GOOG1EABCDEFGHIJKLMNOPQRSTUVWXYZ:abc', 'HMAC key'],
  ['an OAuth client', 'gcs', '{"installed":{"client_id":"x"}}', 'an OAuth client'],
  ['the login of a person', 'gcs', '{"type":"authorized_user","client_secret":"x"}', 'a user’s login'],
  ['federation', 'gcs', '{"type":"external_account"}', 'without a key'],
  ['a service principal', 'azure', '{"appId":"x","password":"y","tenant":"z"}', 'a service principal'],
  [
    'other names of Azure',
    'azure',
    JSON.stringify({ sasToken: sas }),
    'a credential of Azure with other key names',
  ],
  [
    'a Service Bus',
    'azure',
    'Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=b',
    'a service other than Blob Storage',
  ],
  [
    'an environment variable',
    'azure',
    `export AZURE_STORAGE_CONNECTION_STRING="${connection}"`,
    'sets an environment variable',
  ],
  ['a key of Google’s', 's3', withKey(pem), "the account's destination is s3"],
  ['an access key', 'gcs', s3, "the account's destination is gcs"],
  ['an access key', 'azure', s3, "the account's destination is azure"],
  ['a connection string', 's3', connection, 'a credential of Azure'],
  ['the name of a file', 'gcs', 'keys/acme.json', 'the name of a file'],
  [
    'an account record',
    's3',
    JSON.stringify({ accountId: 'acme', destination: destinations.s3 }),
    'an account record',
  ],
  ['a web page', 'gcs', '<!DOCTYPE html><html>', 'a web page'],
  ['curly quotes', 's3', s3.replaceAll('"', '”'), 'word processor'],
  ['single quotes', 's3', s3.replaceAll('"', "'"), 'single quotation marks'],
  ['a comma at the end', 's3', s3.replace('}', ',}'), 'comma before the last bracket'],
  ['names that a shell has unquoted', 's3', s3.replaceAll('"', ''), 'have no quotation marks'],
  ['JSON that is cut', 'gcs', withKey(pem).slice(0, 300), 'cut off at the end'],
])('%s for %s is recognised', (_, cloud, secret, told) => {
  const fault = faultOf(cloud, secret);
  expect(fault).toContain(told);
  for (const piece of [secretAccessKey.slice(0, 8), accountKey.slice(0, 8), pem.slice(100, 110), 'k9Zr2xW0'])
    expect(fault).not.toContain(piece);
});

test('a fault of one field is told as such', () => {
  expect(faultOf('s3', JSON.stringify({ accessKeyId, secretAccessKey: 'short' }))).toContain(
    'secretAccessKey: expected',
  );
  expect(faultOf('gcs', JSON.stringify({ ...serviceAccount, client_email: 5 }))).toContain(
    'client_email: expected',
  );
  expect(faultOf('azure', connection.replace('acmeaudit', 'elsewhere'))).toContain(
    'storage account elsewhere',
  );
  expect(faultOf('azure', connection.replace('core.windows.net', 'evil.com'))).toContain(
    'EndpointSuffix: expected',
  );
});

test.each<[string, keyof typeof destinations, string, string[]]>([
  ['nothing', 's3', s3, []],
  [
    'a session token',
    's3',
    JSON.stringify({ accessKeyId: 'ASIAQ7EXAMPLEKEY4Z2M', secretAccessKey, sessionToken: 'x' }),
    ['warning: the credential does not expire soon'],
  ],
  [
    'a token beside a user’s key',
    's3',
    JSON.stringify({ accessKeyId, secretAccessKey, sessionToken: 'x' }),
    ['warning: the credential does not expire soon', 'wrong: the session token belongs to the key'],
  ],
  [
    'a secret key that is percent-encoded',
    's3',
    JSON.stringify({ accessKeyId, secretAccessKey: encodeURIComponent(secretAccessKey) }),
    ['warning: the secret access key is unchanged'],
  ],
  ['nothing', 'gcs', withKey(pem), []],
  [
    'another universe',
    'gcs',
    JSON.stringify({ ...serviceAccount, universe_domain: 'apis.example' }),
    ['wrong: the key is for Google Cloud itself'],
  ],
  [
    'the address of a person',
    'gcs',
    JSON.stringify({ ...serviceAccount, client_email: 'ann@acme.example' }),
    ['warning: client_email is the address of a service account'],
  ],
  ['nothing', 'azure', connection, []],
  [
    'an expired SAS in a connection string',
    'azure',
    `BlobEndpoint=https://acmeaudit.blob.core.windows.net/;SharedAccessSignature=${sas.replace('2027', '2025')}`,
    ['wrong: the SAS is valid for long enough'],
  ],
])('%s is told of a credential for %s', (_, cloud, secret, told) => {
  const destination = destinations[cloud];
  const account = parseAccount({
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    destination,
    secretId: 'x',
  });
  const check = { now: Date.parse('2026-11-22T00:00:00Z'), command: 'siem-export' };
  const steps = credentialSteps(account, secret, readCredential(destination, secret), check);
  expect(
    steps.filter(({ outcome }) => outcome !== 'right').map(({ name, outcome }) => `${outcome}: ${name}`),
  ).toEqual(told);
});
