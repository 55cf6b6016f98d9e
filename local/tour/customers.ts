import { buffer } from 'node:stream/consumers';
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
import type { Destination } from '../../lambdas/domain/account.ts';
import type { Instant } from '../../lambdas/domain/instant.ts';
import type { CustomerCredentials } from '../customer-credentials.ts';
import type { AzureServer } from '../servers/azure-server.ts';
import type { GcsServer } from '../servers/gcs-server.ts';
import type { LocalServer } from '../servers/http-server.ts';

export const buckets = { s3: 'acme-audit', gcs: 'globex-siem', azure: 'initech-logs' } as const;
export const bucketRegion = 'eu-central-1';

/** What a customer does with its bucket, by its own tools. */
export interface Customer {
  download(key: string): Promise<Uint8Array>;
  lose(key: string): Promise<void>;
  /** The keys of all objects, and in S3 of the uploads that were begun and neither ended nor aborted. */
  list(): Promise<readonly string[]>;
}

export interface CustomersOptions {
  readonly s3: Pick<LocalServer, 'endpoint'>;
  readonly gcs: GcsServer;
  readonly azure: AzureServer;
  readonly credentials: CustomerCredentials;
}

/** One customer on each cloud. */
export function createCustomers({
  s3,
  gcs,
  azure,
  credentials,
}: CustomersOptions): Readonly<Record<Destination['type'], Customer>> {
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
      async download(key) {
        const { Body } = await bucket.send(new GetObjectCommand({ Bucket: buckets.s3, Key: key }));
        return (await Body?.transformToByteArray()) ?? new Uint8Array(0);
      },
      async lose(key) {
        await bucket.send(new DeleteObjectCommand({ Bucket: buckets.s3, Key: key }));
      },
      async list() {
        const { Contents = [] } = await bucket.send(new ListObjectsV2Command({ Bucket: buckets.s3 }));
        const { Uploads = [] } = await bucket.send(new ListMultipartUploadsCommand({ Bucket: buckets.s3 }));
        return [...Contents, ...Uploads].map(({ Key = '' }) => Key);
      },
    },
    gcs: {
      download: async key => gcs.readObject(buckets.gcs, key)?.body ?? new Uint8Array(0),
      lose: async key => gcs.deleteObject(buckets.gcs, key),
      list: async () => gcs.listObjects(buckets.gcs).map(({ name }) => name),
    },
    azure: {
      async download(key) {
        const { readableStreamBody } = await container.getBlobClient(key).download();
        return readableStreamBody ? buffer(readableStreamBody) : new Uint8Array(0);
      },
      async lose(key) {
        await container.deleteBlob(key);
      },
      async list() {
        const names: string[] = [];
        for await (const { name } of container.listBlobsFlat()) names.push(name);
        return names;
      },
    },
  };
}

/** What a customer on Azure hands over: a SAS of its container, signed with the storage account's key. */
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
