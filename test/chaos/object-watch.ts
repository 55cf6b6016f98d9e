import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { placeOf } from '../../lambdas/domain/recipe.ts';
import type { AccountRecord } from '../../local/account.ts';
import type { CloudServers } from '../../local/cloud-servers.ts';
import type { BucketName } from '../../local/delivery/stored-objects.ts';
import { sampleRegion } from '../../local/sample/accounts.ts';

const interval = 700;

/** The distinct buckets of the accounts. */
export function bucketsOf(accounts: readonly AccountRecord[]): BucketName[] {
  const buckets = new Map<string, BucketName>();
  for (const { destination } of accounts) {
    const { type: cloud, bucket } = placeOf(destination);
    buckets.set(`${cloud}://${bucket}`, { cloud, bucket });
  }
  return [...buckets.values()];
}

/**
 * Lists the buckets repeatedly: an object that was seen must never change or disappear. Its identity is what each
 * cloud assigns to every write: generation, ETag and time.
 */
export function watchObjects(buckets: readonly BucketName[], servers: CloudServers) {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  const clients = createClients(servers);
  let looking = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, interval);

  async function look(): Promise<void> {
    const present = new Set<string>();
    for (const { cloud, bucket } of buckets)
      for await (const { key, identity } of clients[cloud](bucket)) {
        const name = `${cloud}://${bucket}/${key}`;
        present.add(name);
        if ((seen.get(name) ?? identity) !== identity) problems.push(`${name} was rewritten`);
        seen.set(name, identity);
      }
    for (const name of seen.keys()) if (!present.has(name)) problems.push(`${name} disappeared`);
  }

  async function lastLook(): Promise<readonly string[]> {
    clearInterval(timer);
    try {
      await looking.then(look);
    } finally {
      clients.close();
    }
    return [...new Set(problems)];
  }

  let ended: Promise<readonly string[]> | undefined;
  return {
    /** Looks a last time, and returns all problems found. Further calls return the same. */
    end(): Promise<readonly string[]> {
      ended ??= lastLook();
      return ended;
    },
  };
}

interface Listed {
  readonly key: string;
  readonly identity: string;
}

function createClients({ s3, gcs, azure, credentials }: CloudServers) {
  const s3Client = new S3Client({
    endpoint: s3.endpoint,
    forcePathStyle: true,
    region: sampleRegion,
    credentials: credentials.s3,
  });
  const { accountName, accountKey } = credentials.azure;
  const azureKey = new StorageSharedKeyCredential(accountName, accountKey);
  return {
    async *s3(Bucket: string): AsyncGenerator<Listed> {
      let token: string | undefined;
      do {
        const { Contents = [], NextContinuationToken } = await s3Client.send(
          new ListObjectsV2Command({ Bucket, ContinuationToken: token }),
        );
        for (const { Key: key = '', ETag, LastModified } of Contents)
          yield { key, identity: `${ETag} ${LastModified?.toISOString()}` };
        token = NextContinuationToken;
      } while (token !== undefined);
    },
    async *gcs(bucket: string): AsyncGenerator<Listed> {
      for (const { name, generation } of gcs.listObjects(bucket))
        yield { key: name, identity: String(generation) };
    },
    async *azure(name: string): AsyncGenerator<Listed> {
      const container = new ContainerClient(`${azure.endpoint}/${name}`, azureKey);
      for await (const { name: key, properties } of container.listBlobsFlat())
        yield { key, identity: `${properties.etag} ${properties.createdOn?.toISOString()}` };
    },
    close: () => s3Client.destroy(),
  };
}
