import { buffer } from 'node:stream/consumers';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { Destination } from '../../lambdas/domain/account.ts';
import type { CloudServers } from '../cloud-servers.ts';
import { sampleRegion } from '../sample/accounts.ts';

/** An object in a customer’s bucket. */
export interface StoredObject {
  readonly cloud: Destination['type'];
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
}

export type BucketName = Pick<StoredObject, 'cloud' | 'bucket'>;

/** Reads every object of the buckets, as the customers' own tools would. */
export async function* readObjects(
  buckets: Iterable<BucketName>,
  servers: CloudServers,
): AsyncGenerator<StoredObject> {
  for (const { cloud, bucket } of buckets)
    for await (const object of readers[cloud](bucket, servers)) yield { cloud, bucket, ...object };
}

type Reader = (bucket: string, servers: CloudServers) => AsyncIterable<Pick<StoredObject, 'key' | 'body'>>;

const readers: Readonly<Record<Destination['type'], Reader>> = { s3: readS3, gcs: readGcs, azure: readAzure };

async function* readS3(bucket: string, { s3, credentials }: CloudServers) {
  const client = new S3Client({
    endpoint: s3.endpoint,
    forcePathStyle: true,
    region: sampleRegion,
    credentials: credentials.s3,
  });
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket }))
      for (const { Key: key = '' } of Contents) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        yield { key, body: Buffer.from((await Body?.transformToByteArray()) ?? []) };
      }
  } finally {
    client.destroy();
  }
}

async function* readGcs(bucket: string, { gcs }: CloudServers) {
  for (const { name, body } of gcs.listObjects(bucket)) yield { key: name, body };
}

async function* readAzure(container: string, { azure, credentials: { azure: account } }: CloudServers) {
  const credential = new StorageSharedKeyCredential(account.accountName, account.accountKey);
  const client = new ContainerClient(`${azure.endpoint}/${container}`, credential);
  for await (const { name } of client.listBlobsFlat()) {
    const { readableStreamBody } = await client.getBlobClient(name).download();
    yield { key: name, body: readableStreamBody ? await buffer(readableStreamBody) : Buffer.of() };
  }
}

/** The account whose folder an object is in; `undefined` outside such a folder. */
export function ownerOf(key: string): string | undefined {
  const encoded = /(?:^|\/)audit\/([\w-]+)\/[^/]+$/s.exec(key)?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64url').toString('utf8');
}
