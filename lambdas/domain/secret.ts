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

/** The part of a service-account file that is used. Its URLs are ignored: tokens are requested only from Google. */
export interface GcsCredential {
  readonly type: 'gcs';
  readonly clientEmail: string;
  readonly privateKey: string;
}

export type Credential = S3Credential | GcsCredential | AzureCredential;

const printableAscii = /^[\x21-\x7e]+$/;

/** The prefixes of IAM ids (of users, roles and so on) that are easily confused with the id of an access key. */
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
    error: 'expected one, because the key is temporary (ASIA…)',
  });

const gcsSecret = z.object({
  type: z.literal('service_account', {
    error: 'expected service_account (no other type is accepted: it could send tokens to any host)',
  }),
  client_email: secretValue.regex(/^[\w.+-]+@[\w.-]+$/, 'expected an e-mail address'),
  private_key: secretValue.regex(
    /^-----BEGIN (RSA )?PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END (RSA )?PRIVATE KEY-----$/,
    'expected a private key in PEM',
  ),
});

/** The part of a destination that decides which credential it needs. */
export type Credited =
  | { readonly type: 's3' }
  | { readonly type: 'gcs' }
  | ({ readonly type: 'azure' } & AzureOwner);

/**
 * Parses and checks a secret for a destination. The exporter and every command use only this
 * function. The secret is untrusted: no host, URL or configuration is taken from it, except the
 * host of the destination's storage account on an allowed Azure domain.
 *
 * @throws ExportError `secret_invalid`, naming every fault at once and no value but the name of a storage account
 */
export function parseSecret(destination: Credited, secret: string): Credential {
  if (destination.type === 'azure') return ownedBy(destination, parseAzureSecret(secret));
  // `JSON.parse` would accept spaces, but not a byte-order mark; `trim` removes both.
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
