import type { KeyObject } from 'node:crypto';
import type { Destination } from '../lambdas/domain/account.ts';
import { sampleStorageAccount } from './sample/accounts.ts';

/** The credentials of the local clouds. They are valid nowhere else, so they need no protection. */
const s3 = {
  accessKeyId: 'AKIALOCALMODE0000001',
  secretAccessKey: 'local/mode/secret/access/key/00000000001',
};
const s3Role = {
  accessKeyId: 'ASIALOCALMODE0000002',
  secretAccessKey: 'local/mode/secret/access/key/00000000002',
  sessionToken: 'local-mode-session-token',
};
const azure = {
  accountName: sampleStorageAccount,
  accountKey: Buffer.alloc(64, 'the key of the storage account of local mode ').toString('base64'),
};
const clientEmail = 'siem-export@local-mode.iam.gserviceaccount.com';

export type CustomerCredentials = ReturnType<typeof createCustomerCredentials>;

/**
 * The credentials in the form in which customers send them.
 * @param privateKey the key of the service account; the local Google Cloud Storage has its public key
 */
export function createCustomerCredentials(privateKey: KeyObject) {
  const serviceAccount = {
    type: 'service_account',
    project_id: 'local-mode',
    private_key_id: '0'.repeat(40),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    client_email: clientEmail,
    client_id: '100000000000000000000',
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: 'https://oauth2.googleapis.com/token',
    universe_domain: 'googleapis.com',
  };
  const connectionString =
    `DefaultEndpointsProtocol=https;AccountName=${azure.accountName};` +
    `AccountKey=${azure.accountKey};EndpointSuffix=core.windows.net`;
  const secrets: Readonly<Record<Destination['type'], string>> = {
    s3: JSON.stringify(s3),
    gcs: JSON.stringify(serviceAccount, null, 2),
    azure: connectionString,
  };
  return {
    s3,
    s3Role,
    azure,
    gcs: { clientEmail },
    /** The text that a customer of this cloud sends. */
    secretOf: (type: Destination['type']) => secrets[type],
  };
}
