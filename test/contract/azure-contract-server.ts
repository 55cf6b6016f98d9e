import { randomBytes } from 'node:crypto';
import {
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { type AzureBucketOptions, createAzureBucket } from '../../lambdas/buckets/azure.ts';
import type { Bucket } from '../../lambdas/buckets/bucket.ts';
import type { AzureCredential } from '../../lambdas/domain/secret.ts';
import { startAzureServer } from '../../local/servers/azure-server.ts';
import type { BucketFault, BucketServer } from './bucket-server.ts';

export type AzureAccess = AzureCredential['access'];

const environment = {
  endpoint: process.env.CONTRACT_AZURE_ENDPOINT,
  accountName: process.env.CONTRACT_AZURE_ACCOUNT ?? 'customeraccount',
  accountKey: process.env.CONTRACT_AZURE_KEY ?? randomBytes(64).toString('base64'),
  container: process.env.CONTRACT_AZURE_CONTAINER ?? 'audit-logs',
};
export const { accountName, accountKey, container } = environment;
const wrongKey = randomBytes(64).toString('base64');

/** The block size with which the tests open the driver. */
export const blockSize = 1024 * 1024;
export const hour = 3_600_000;

/** The server, and its container in the vendor’s SDK. */
export interface AzureContractServer extends BucketServer {
  readonly blobs: ContainerClient;
}

/**
 * The driver on Azurite, or on the server that the environment names:
 *
 * - CONTRACT_AZURE_ENDPOINT: the URL of a storage account's blobs, such as `https://<account>.blob.core.windows.net`
 *   or `http://127.0.0.1:10000/<account>`
 * - CONTRACT_AZURE_ACCOUNT and CONTRACT_AZURE_KEY: the account's name and its key
 * - CONTRACT_AZURE_CONTAINER: a container for the tests' blobs (created if missing, and never emptied)
 *
 * The SAS of the tests are signed with the key.
 *
 * @param accessWith what the driver is opened with, made from a key, the right one or a wrong one, for a container
 * @param start in place of that server
 */
export async function startAzureContractServer(
  accessWith: (key: string, containerName: string) => AzureAccess,
  start: () => Promise<BlobServer> = startBlobs,
): Promise<AzureContractServer> {
  const server = await start();
  const missing = `${container}-missing`;
  const bucketName = (fault?: BucketFault) => (fault === 'missing-bucket' ? missing : container);
  const right = accessWith(accountKey, container);
  const faulty: Partial<Record<BucketFault, AzureAccess>> = {
    'wrong-credentials': accessWith(wrongKey, container),
    'missing-bucket': accessWith(accountKey, missing),
    denied: { sas: signedSas('r', hour) },
  };
  const blobs = containerAt(server.endpoint);
  return {
    endpoint: server.endpoint,
    blobs,
    // Possible on every server, because the tests make the faults with their SAS and keys.
    faults: ['wrong-credentials', 'missing-bucket', 'denied'],
    isExternal: false,
    secrets: [accountKey, wrongKey, ...[right, ...Object.values(faulty)].flatMap(Object.values<string>)],
    bucketName,
    creates: ({ headers }) => headers['if-none-match'] !== undefined,
    open({ fault, endpoint = server.endpoint, silenceMs } = {}) {
      const access = (fault && faulty[fault]) ?? right;
      return openAzureBucket(access, endpoint, { silenceMs, containerName: bucketName(fault) });
    },
    async read(key) {
      const blob = blobs.getBlobClient(key);
      if (!(await blob.exists())) return undefined;
      const { contentType, contentEncoding, metadata = {} } = await blob.getProperties();
      return { body: await blob.downloadToBuffer(), contentType, contentEncoding, metadata };
    },
    async put(key, body) {
      await blobs.getBlockBlobClient(key).upload(body, body.length);
    },
    close: () => server.close(),
  };
}

interface BlobServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

async function startBlobs(): Promise<BlobServer> {
  const { endpoint } = environment;
  if (endpoint === undefined) return startAzureServer({ accountName, accountKey, containers: [container] });
  const server = { endpoint: endpoint.replace(/\/$/, ''), close: async () => undefined };
  await containerAt(server.endpoint).createIfNotExists();
  return server;
}

function containerAt(endpoint: string): ContainerClient {
  const credential = new StorageSharedKeyCredential(accountName, accountKey);
  return new ContainerClient(`${endpoint}/${container}`, credential);
}

export function openAzureBucket(
  access: AzureAccess,
  endpoint: string,
  {
    containerName = container,
    ...options
  }: Pick<AzureBucketOptions, 'blockSize' | 'silenceMs'> & { containerName?: string } = {},
): Bucket {
  return createAzureBucket({
    destination: { type: 'azure', storageAccount: accountName, container: containerName },
    credential: {
      type: 'azure',
      accountName,
      cloud: 'public',
      host: `${accountName}.blob.core.windows.net`,
      access,
    },
    endpoint,
    blockSize,
    pauseMs: 5,
    ...options,
  });
}

/** A SAS for a container with these permissions, which expires in so many milliseconds. */
export function signedSas(
  permissions: string,
  endsIn: number,
  key = accountKey,
  containerName = container,
): string {
  const credential = new StorageSharedKeyCredential(accountName, key);
  const values = {
    containerName,
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + endsIn),
  };
  return generateBlobSASQueryParameters(values, credential).toString();
}
