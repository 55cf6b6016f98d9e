import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AzureCredential, parseAzureSecret } from '../../lambdas/domain/azure-secret.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { parseSecret } from '../../lambdas/domain/secret.ts';

const type = fc.constantFrom('s3' as const, 'gcs' as const, 'azure' as const);

/** A value that our messages cannot contain by chance. */
const secretValue = fc
  .string({
    unit: fc.constantFrom(...'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789+/'),
    minLength: 12,
    maxLength: 60,
  })
  .map(value => `Q7${value}`);

const nearMiss = (value: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom(null, 5, [], {}, '') });
const json = (model: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(model, { requiredKeys: [] }).map(secret => JSON.stringify(secret));

/** Almost valid secrets, each with the values that it contains. */
const secretWithValues = fc.tuple(secretValue, secretValue, secretValue).chain(([one, two, three]) => {
  const value = nearMiss(fc.constantFrom(one, two, three));
  const setting = fc.constantFrom(
    `AccountName=${one}`,
    'AccountName=acmeaudit',
    `AccountKey=${two}`,
    `AccountKey=${two}*`,
    `EndpointSuffix=${three}.com`,
    `BlobEndpoint=https://${one}.example/${two}`,
    `BlobEndpoint=https://acmeaudit.blob.core.windows.net/${two}`,
    `BlobEndpoint=https://${one}.blob.core.windows.net@${three}`,
    `BlobEndpoint=https://acmeaudit.z07.blob.storage.azure.net/${two}`,
    `BlobEndpoint=https://${one}.z07.blob.storage.azure.net@${three}`,
    `BlobEndpoint=https://acmeaudit.${two}.blob.storage.azure.net`,
    `SharedAccessSignature=sv=1&sig=${two}`,
    `SharedAccessSignature=${three}`,
    `DefaultEndpointsProtocol=${one}`,
    `${three}=${one}`,
    two,
  );
  const connectionString = fc.array(setting, { maxLength: 6 }).map(settings => settings.join(';'));
  const sasUrl = fc.constantFrom(
    `https://acmeaudit.blob.core.windows.net/${one}?sig=${two}`,
    `https://${one}.blob.core.windows.net/?sig=${two}`,
    `https://acmeaudit.blob.core.windows.net.${one}/?sig=${two}`,
    `https://acmeaudit.blob.${three}@core.windows.net/?sig=${two}`,
    `https://acmeaudit.z07.blob.storage.azure.net/${one}?sig=${two}`,
    `https://acmeaudit.z07.blob.storage.azure.net.${one}/?sig=${two}`,
    `https://acmeaudit.z07.blob.${three}@storage.azure.net/?sig=${two}`,
    `https://${two}:${three}@acmeaudit.blob.core.windows.net/?sig=${one}`,
  );
  const text = fc.oneof(
    json({ accessKeyId: value, secretAccessKey: value, sessionToken: value }),
    json({
      type: fc.constantFrom('service_account', one),
      client_email: value,
      private_key: value,
      token_uri: value,
    }),
    json({ connectionString: fc.oneof(value, connectionString), sasUrl: fc.oneof(value, sasUrl) }),
    json({ [one]: value }),
    connectionString,
    sasUrl,
    fc.constantFrom(one, `{"accessKeyId": "${one}`, `{${one}}`, `["${one}"]`),
  );
  return text.map(secret => ({ secret, values: [one, two, three] }));
});

function parse(cloud: 's3' | 'gcs' | 'azure', secret: string) {
  try {
    return { credential: parseSecret({ type: cloud, storageAccount: 'acmeaudit' }, secret) };
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    return { error };
  }
}

/** The credential for any storage account; `undefined` if it is not one for Azure. */
function parseAzure(secret: string): AzureCredential | undefined {
  try {
    return parseAzureSecret(secret);
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    return undefined;
  }
}

const azureHost =
  /^[a-z0-9]{3,24}\.(blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|z[0-9]{2}\.blob\.storage\.azure\.net)$/;

describe('secrets', () => {
  it('any text is a credential or secret_invalid, and no error holds eight characters of a value', () => {
    fc.assert(
      fc.property(type, secretWithValues, (cloud, { secret, values }) => {
        const { error } = parse(cloud, secret);
        if (error === undefined) return;
        expect(error.code).toBe('secret_invalid');
        expect(error.cause).toBeUndefined();
        // The name of a storage account is not secret, and the error contains it.
        const named = cloud === 'azure' ? parseAzure(secret)?.accountName : undefined;
        const told = `${error.message} ${error.stack}`.toLowerCase().replaceAll(named ?? '\n', ' ');
        for (const value of values)
          for (let start = 0; start + 8 <= value.length; start += 1)
            expect(told).not.toContain(value.slice(start, start + 8).toLowerCase());
      }),
      { numRuns: 1000 },
    );
  });

  it('an Azure credential leads to a host of Azure only', () => {
    fc.assert(
      fc.property(secretWithValues, ({ secret }) => {
        const credential = parseAzure(secret);
        if (credential === undefined) return;
        expect(credential.host).toMatch(azureHost);
        expect(credential.host.split('.')[0]).toBe(credential.accountName);
      }),
      { numRuns: 1000 },
    );
  });

  it('an Azure credential is taken for the storage account of the record only, whatever it says', () => {
    fc.assert(
      fc.property(secretWithValues, ({ secret }) => {
        const { credential, error } = parse('azure', secret);
        if (error !== undefined) return;
        expect(credential).toEqual(parseAzure(secret));
        expect(credential).toMatchObject({ accountName: 'acmeaudit', cloud: 'public' });
      }),
      { numRuns: 1000 },
    );
  });

  it('a host leads somewhere only as it stands in the list of Azure’s own', () => {
    const label = fc.constantFrom(
      ...['acmeaudit', 'z07', 'z7', 'z007', 'Z42', 'blob', 'file', 'core', 'windows', 'storage', 'azure'],
      ...[
        'net',
        'com',
        'evil',
        'chinacloudapi',
        'cn',
        'usgovcloudapi',
        '169',
        'xn--a',
        '',
        '@',
        'x@y',
        '٠٧',
        '#',
        '\\',
      ],
    );
    const host = fc.array(label, { minLength: 3, maxLength: 7 }).map(labels => labels.join('.'));
    const nearly = fc
      .tuple(
        fc.constantFrom('acmeaudit.z07.blob.storage.azure.net', 'acmeaudit.blob.core.windows.net'),
        label,
        fc.nat(36),
      )
      .map(([text, inserted, at]) => text.slice(0, at) + inserted + text.slice(at));
    const scheme = fc.constantFrom('https://', 'https:', 'http://', '//');
    fc.assert(
      fc.property(scheme, fc.oneof(host, nearly), (start, name) => {
        const credential = parseAzure(`${start}${name}/?sig=abc`);
        if (credential === undefined) return;
        expect(credential.host).toMatch(azureHost);
        expect(credential.host).toBe(new URL(`${start}${name}/`).host);
      }),
      { numRuns: 5000 },
    );
  });

  it('text of any kind throws nothing else', () => {
    const text = fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(type, text, (cloud, secret) => {
        const { credential, error } = parse(cloud, secret);
        expect(credential?.type ?? error?.code).toMatch(/^(s3|gcs|azure|secret_invalid)$/);
      }),
      { numRuns: 1000 },
    );
  });
});
