import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { Instant } from '../../lambdas/domain/instant.ts';
import type { CustomerCredentials } from '../customer-credentials.ts';
import type { AzureServer } from '../servers/azure-server.ts';
import type { GcsServer } from '../servers/gcs-server.ts';
import type { LocalServer } from '../servers/http-server.ts';

export const buckets = { s3: 'acme-audit', gcs: 'globex-siem', azure: 'initech-logs' } as const;
export const bucketRegion = 'eu-central-1';

export interface CustomersOptions {
  readonly s3: Pick<LocalServer, 'endpoint'>;
  readonly gcs: GcsServer;
  readonly azure: AzureServer;
  readonly credentials: CustomerCredentials;
}

/** One customer on each cloud, with the operations on its bucket that a customer does with its own tools. */
export function createCustomers({ s3, gcs, azure, credentials }: CustomersOptions) {
  const bucket = new S3Client({
    endpoint: s3.endpoint,
    forcePathStyle: true,
    region: bucketRegion,
    credentials: credentials.s3Role,
  });
  const { accountName, accountKey } = credentials.azure;
  const container = new ContainerClient(
    `${azure.endpoint}/${buckets.azure}`,
    new StorageSharedKeyCredential(accountName, accountKey),
  );
  return {
    s3: {
      async download(key: string): Promise<Uint8Array> {
        const { Body } = await bucket.send(new GetObjectCommand({ Bucket: buckets.s3, Key: key }));
        return (await Body?.transformToByteArray()) ?? new Uint8Array(0);
      },
      async lose(key: string): Promise<void> {
        await bucket.send(new DeleteObjectCommand({ Bucket: buckets.s3, Key: key }));
      },
      /** The keys of all objects, and of uploads that are neither completed nor aborted. */
      async list(): Promise<string[]> {
        const { Contents = [] } = await bucket.send(new ListObjectsV2Command({ Bucket: buckets.s3 }));
        const { Uploads = [] } = await bucket.send(new ListMultipartUploadsCommand({ Bucket: buckets.s3 }));
        return [...Contents, ...Uploads].map(({ Key = '' }) => Key);
      },
    },
    gcs: { list: async () => gcs.listObjects(buckets.gcs).map(({ name }) => name) },
    azure: {
      async list(): Promise<string[]> {
        const blobs = await Array.fromAsync(container.listBlobsFlat());
        return blobs.map(({ name }) => name);
      },
    },
  };
}

/** The secret of a customer on Azure: a SAS for its container, signed with the account key. */
export function sasSecret(
  { accountName, accountKey }: CustomerCredentials['azure'],
  expiry: Instant,
): string {
  const sas = generateBlobSASQueryParameters(
    {
      containerName: buckets.azure,
      expiresOn: new Date(expiry),
      permissions: ContainerSASPermissions.parse('cw'),
    },
    new StorageSharedKeyCredential(accountName, accountKey),
  );
  return JSON.stringify({ sasUrl: `https://${accountName}.blob.core.windows.net/${buckets.azure}?${sas}` });
}
