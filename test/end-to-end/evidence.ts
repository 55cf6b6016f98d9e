import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { unzipSync } from 'fflate';
import type { Destination } from '../../lambdas/domain/account.ts';
import type { AwsServers } from '../../local/aws-servers.ts';
import type { CloudServers } from '../../local/cloud-servers.ts';
import { readLedger } from '../../local/delivery/ledger-reader.ts';
import { sampleRegion, sampleStorageAccount } from '../../local/sample/accounts.ts';
import type { PublishedEvent } from '../../local/servers/events-server.ts';

export type Cloud = Destination['type'];
export const clouds = ['s3', 'gcs', 'azure'] as const satisfies readonly Cloud[];

/** One bucket on each cloud; the keys separate the accounts. */
export const destinations = {
  s3: { type: 's3', bucket: 'customer-logs', region: sampleRegion },
  gcs: { type: 'gcs', bucket: 'customer-logs' },
  azure: { type: 'azure', storageAccount: sampleStorageAccount, container: 'customer-logs' },
} as const satisfies Record<Cloud, Destination>;

/** An object in the customer’s bucket. */
export interface FoundObject {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Everything outside of the exporter: objects, ledger, events. */
export function createEvidence({
  aws,
  customers,
  ledgerTable,
}: {
  aws: AwsServers;
  customers: CloudServers;
  ledgerTable: string;
}) {
  /** The account’s objects, sorted by key. */
  async function objectsOf(cloud: Cloud, accountId: string): Promise<FoundObject[]> {
    const folder = `audit/${Buffer.from(accountId).toString('base64url')}/`;
    const objects = await Array.fromAsync(readers[cloud](folder, customers));
    // Sorted by bytes, as the clouds list them; the embedded S3 sorts by locale.
    return objects.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  /** The account’s events in order of arrival. */
  function eventsOf(accountId: string): PublishedEvent[] {
    return aws.events.events.filter(({ detail }) => detail.accountId === accountId);
  }

  return {
    objectsOf,
    /** The content of the account’s files, sorted by key. */
    textsOf: async (cloud: Cloud, accountId: string) =>
      (await objectsOf(cloud, accountId)).map(object => unpacked(object).text),
    eventsOf,
    /** `Export Delivered` and so on. */
    eventTypesOf: (accountId: string) => eventsOf(accountId).map(({ detailType }) => detailType),
    ledgerOf: (accountId: string) => readLedger(aws.dynamodb, ledgerTable, accountId),
  };
}

type Reader = (folder: string, customers: CloudServers) => AsyncIterable<FoundObject>;

const readers: Readonly<Record<Cloud, Reader>> = {
  async *s3(folder, { s3, credentials }) {
    const client = new S3Client({
      endpoint: s3.endpoint,
      forcePathStyle: true,
      region: sampleRegion,
      credentials: credentials.s3,
    });
    const { bucket: Bucket } = destinations.s3;
    try {
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: folder }))
        for (const { Key: key = '' } of Contents) {
          const found = await client.send(new GetObjectCommand({ Bucket, Key: key }));
          yield {
            key,
            body: Buffer.from((await found.Body?.transformToByteArray()) ?? []),
            contentType: found.ContentType,
            contentEncoding: found.ContentEncoding,
            metadata: found.Metadata ?? {},
          };
        }
    } finally {
      client.destroy();
    }
  },

  async *gcs(folder, { gcs }) {
    for (const { name, body, contentType, contentEncoding, metadata } of gcs.listObjects(
      destinations.gcs.bucket,
    ))
      if (name.startsWith(folder)) yield { key: name, body, contentType, contentEncoding, metadata };
  },

  async *azure(folder, { azure, credentials }) {
    const { accountName, accountKey } = credentials.azure;
    const credential = new StorageSharedKeyCredential(accountName, accountKey);
    const client = new ContainerClient(`${azure.endpoint}/${destinations.azure.container}`, credential);
    for await (const { name: key } of client.listBlobsFlat({ prefix: folder })) {
      const found = await client.getBlobClient(key).download();
      yield {
        key,
        body: found.readableStreamBody ? await buffer(found.readableStreamBody) : Buffer.of(),
        contentType: found.contentType,
        // Azurite sends an empty header where Azure sends none.
        contentEncoding: found.contentEncoding || undefined,
        metadata: found.metadata ?? {},
      };
    }
  },
};

/** The one file in a zip, or the content of any other file, which has no name. */
export function unpacked({ key, body }: FoundObject): { readonly name: string; readonly text: string } {
  const decode = (bytes: Uint8Array) =>
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  if (key.endsWith('.json.gz')) return { name: '', text: decode(gunzipSync(body)) };
  if (key.endsWith('.json')) return { name: '', text: decode(body) };
  const [entry, ...others] = Object.entries(unzipSync(body));
  if (entry === undefined || others.length > 0) throw new TypeError(`${key} does not hold exactly one file`);
  return { name: entry[0], text: decode(entry[1]) };
}
