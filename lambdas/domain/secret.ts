import * as z from 'zod';
import { type AzureCredential, type AzureOwner, ownedBy, parseAzureSecret } from './azure-secret.ts';
import { parseJsonSecret, secretValue } from './secret-text.ts';

export type { AzureCredential } from './azure-secret.ts';

export interface S3Credential {
  readonly type: 's3';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** What is kept of a service account: every URL in the file is discarded, the token endpoint is Google's own. */
export interface GcsCredential {
  readonly type: 'gcs';
  readonly clientEmail: string;
  readonly privateKey: string;
}

export type Credential = S3Credential | GcsCredential | AzureCredential;

const printableAscii = /^[\x21-\x7e]+$/;

/** What the ids of IAM begin with that are none of an access key, but easily taken for one. */
const otherIds = /^(AGPA|AIDA|AIPA|ANPA|ANVA|AROA|ASCA)/;

const s3Secret = z
  .object({
    accessKeyId: secretValue
      .regex(/^\w{16,128}$/, 'expected 16 to 128 letters and digits')
      .refine(id => !otherIds.test(id), 'expected the id of an access key, as AKIA…, not of a user or role'),
    secretAccessKey: secretValue
      .regex(printableAscii, 'expected printable ASCII without spaces')
      .min(40, 'expected at least 40 characters'),
    sessionToken: secretValue.regex(printableAscii, 'expected printable ASCII without spaces').optional(),
  })
  .refine(({ accessKeyId, sessionToken }) => !accessKeyId.startsWith('ASIA') || sessionToken !== undefined, {
    path: ['sessionToken'],
    error: 'expected one, as the key is a temporary one (ASIA…)',
  });

const gcsSecret = z.object({
  type: z.literal('service_account', {
    error: 'expected service_account (no other kind is taken: it could send tokens to any host)',
  }),
  client_email: secretValue.regex(/^[\w.+-]+@[\w.-]+$/, 'expected an e-mail address'),
  private_key: secretValue.regex(
    /^-----BEGIN (RSA )?PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END (RSA )?PRIVATE KEY-----$/,
    'expected a private key in PEM',
  ),
});

/** What of a destination decides which credential it needs. */
export type Credited =
  | { readonly type: 's3' }
  | { readonly type: 'gcs' }
  | ({ readonly type: 'azure' } & AzureOwner);

/**
 * The text of a secret as the credential of a destination: the exporter and every command check it here and nowhere
 * else. Hostile until checked: no host, URL or configuration is taken from it other than the host of the destination's
 * storage account on an allow-listed Azure domain.
 *
 * @throws ExportError `secret_invalid`, naming every fault at once and no value but the name of a storage account
 */
export function parseSecret(destination: Credited, secret: string): Credential {
  if (destination.type === 'azure') return ownedBy(destination, parseAzureSecret(secret));
  // JSON.parse takes spaces around its text, but not the byte-order mark that `trim` drops too.
  const pasted = secret.trim();
  return destination.type === 's3' ? parseS3Secret(pasted) : parseGcsSecret(pasted);
}

function parseS3Secret(secret: string): S3Credential {
  return { type: 's3', ...parseJsonSecret('s3', s3Secret, secret) };
}

function parseGcsSecret(secret: string): GcsCredential {
  const { client_email, private_key } = parseJsonSecret('gcs', gcsSecret, secret);
  return { type: 'gcs', clientEmail: client_email, privateKey: private_key };
}
