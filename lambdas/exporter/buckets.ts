import type { SecretStore } from '../aws/secret-store.ts';
import type { Bucket } from '../buckets/bucket.ts';
import type { Endpoints, ExporterIdentity, openBucket } from '../buckets/open-bucket.ts';
import type { Account, Destination } from '../domain/account.ts';
import { ExportError } from '../domain/failure.ts';
import { encodeAccountId } from '../domain/object-key.ts';
import { parseSecret } from '../domain/secret.ts';
import type { Buckets } from './ports.ts';

interface BucketsOptions {
  readonly secrets: SecretStore;
  readonly open: typeof openBucket;
  readonly endpoints: Endpoints;
  readonly exporter: ExporterIdentity;
}

/**
 * The bucket of one account during one invocation. It is opened for the first file and kept until the record changes.
 */
export function createBuckets({
  secrets,
  open,
  endpoints,
  exporter,
}: BucketsOptions): Buckets & { close(): void } {
  let opened:
    | { readonly bucket: Bucket; readonly access: string; readonly secret: string | undefined }
    | undefined;

  return {
    async open(account, patience) {
      if (opened?.access !== accessOf(account, patience))
        await openWith(account, patience, await readSecret(account));
      return bucketInUse();
    },
    async reopen(account, patience) {
      const secret = await readSecret(account);
      if (secret === opened?.secret) return undefined;
      await openWith(account, patience, secret);
      return bucketInUse();
    },
    close,
  };

  async function readSecret({ destination, secretId }: Account): Promise<string | undefined> {
    if (secretId !== undefined && !isByRole(destination)) return secrets.read(secretId);
    return undefined;
  }

  async function openWith(account: Account, patience: number, secret: string | undefined) {
    close();
    const { accountId, destination } = account;
    const credential = secret === undefined ? undefined : parseSecret(destination, secret);
    const sessionName = encodeAccountId(accountId);
    const bucket = await open({
      destination,
      credential,
      endpoints,
      sessionName,
      exporter,
      silenceMs: patience,
    });
    opened = { bucket, access: accessOf(account, patience), secret };
  }

  function bucketInUse(): Bucket {
    if (!opened) throw new ExportError('internal', 'No bucket is open');
    return opened.bucket;
  }

  function close(): void {
    opened?.bucket.close();
    opened = undefined;
  }
}

function isByRole(destination: Destination): boolean {
  return destination.type === 's3' && destination.roleArn !== undefined;
}

function accessOf({ destination, secretId }: Account, patience: number): string {
  return JSON.stringify([destination, secretId, patience]);
}
