import {
  AnonymousCredential,
  ContainerClient,
  newPipeline,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { AzureDestination } from '../domain/account.ts';
import { ExportError } from '../domain/failure.ts';
import type { AzureCredential } from '../domain/secret.ts';
import type { AzureContainerName } from './azure-failure.ts';
import { createAzureTransport } from './azure-transport.ts';
import { uploadToAzure } from './azure-upload.ts';
import type { Bucket } from './bucket.ts';
import { cloudConnections } from './cloud-address.ts';
import { createPieceBuffers } from './pieces.ts';
import { usualPauseMs, usualSilenceMs } from './tries.ts';

export interface AzureBucketOptions {
  readonly destination: AzureDestination;
  readonly credential: AzureCredential;
  /** `http://127.0.0.1:<port>/<account>`; only for local mode and tests. */
  readonly endpoint?: string | undefined;
  /** The bytes of a block, and of the largest body sent with one request. Default 8 MiB; three blocks are in memory. */
  readonly blockSize?: number | undefined;
  /** The longest pause before a request is sent a second time, in milliseconds. Default 500. */
  readonly pauseMs?: number | undefined;
  /** A request fails after this time without a byte in either direction, in milliseconds. Default 30,000. */
  readonly silenceMs?: number | undefined;
}

/**
 * A customer's container in Azure Blob Storage.
 *
 * A SAS needs the permissions Create and Write for it, on this container or wider; Create alone is
 * enough for bodies of up to one block.
 *
 * @throws ExportError `secret_invalid` if the account key cannot be decoded
 */
export function createAzureBucket(options: AzureBucketOptions): Bucket {
  const {
    destination,
    credential,
    endpoint,
    blockSize = 8 * 1024 * 1024,
    pauseMs = usualPauseMs,
    silenceMs = usualSilenceMs,
  } = options;
  const { accountName, host, access } = credential;
  const transport = createAzureTransport({ silenceMs, agent: cloudConnections(endpoint) });
  const base = endpoint ?? `https://${host}`;
  const container = `${base}/${destination.container}${'sas' in access ? `?${access.sas}` : ''}`;
  const sdkCredential =
    'sas' in access ? new AnonymousCredential() : sharedKey(accountName, access.accountKey);
  const where: AzureContainerName = {
    accountName,
    container: destination.container,
    sas: 'sas' in access,
    azureHost: endpoint === undefined,
  };
  const buffers = createPieceBuffers(blockSize);
  // The SDK must not retry: the meaning of an answer depends on the tries before it, which only `createWithTries` sees.
  const pipeline = newPipeline(sdkCredential, { httpClient: transport, retryOptions: { maxTries: 1 } });
  const client = new ContainerClient(container, pipeline);
  return {
    create(object, watch) {
      const blob = client.getBlockBlobClient(object.key);
      return uploadToAzure({ blob, object, watch, buffers, where, pauseMs });
    },
    close: () => transport.close(),
  };
}

function sharedKey(accountName: string, accountKey: string): StorageSharedKeyCredential {
  if (!/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(accountKey))
    throw new ExportError(
      'secret_invalid',
      `The key of storage account ${accountName} is not base64; store the account key as Azure shows it`,
    );
  return new StorageSharedKeyCredential(accountName, accountKey);
}
