import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

/** The used parts of Azurite; the package has no types and no public API. */
interface BlobServer {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}
// Not `import`: Node and bundlers disagree about the default export of such a CommonJS module.
const require = createRequire(import.meta.url);
const { default: BlobServer } = require('azurite/dist/src/blob/BlobServer.js') as {
  default: new (configuration: object) => BlobServer;
};
const { default: BlobConfiguration } = require('azurite/dist/src/blob/BlobConfiguration.js') as {
  default: new (...settings: unknown[]) => object;
};
const { AzuriteTelemetryClient } = require('azurite/dist/src/common/Telemetry.js') as {
  AzuriteTelemetryClient: { enableTelemetry: boolean };
};

export interface AzureServerOptions {
  readonly accountName: string;
  /** Base64; any length. */
  readonly accountKey: string;
  /** Created if missing. */
  readonly containers: readonly string[];
  /** An existing folder for the blobs; without it they are in memory, and lost at close. */
  readonly folder?: string | undefined;
}

export interface AzureServer {
  /** `http://127.0.0.1:<port>/<account>` */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts Azurite, Microsoft's emulator of Azure Blob Storage, in this process on a free port of 127.0.0.1:
 * silent, strict, and without telemetry.
 */
export async function startAzureServer(options: AzureServerOptions): Promise<AzureServer> {
  const { accountName, accountKey, containers, folder } = options;
  AzuriteTelemetryClient.enableTelemetry = false;
  const forgetAccount = registerAccount(accountName, accountKey);
  const server = new BlobServer(configuration(folder));
  try {
    await server.start();
  } catch (error) {
    forgetAccount();
    throw error;
  }
  const endpoint = `${server.getHttpServerAddress()}/${accountName}`;
  const close = async () => {
    await server.close();
    forgetAccount();
  };
  try {
    const credential = new StorageSharedKeyCredential(accountName, accountKey);
    for (const container of containers)
      await new ContainerClient(`${endpoint}/${container}`, credential).createIfNotExists();
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint, close };
}

/** The constructor takes its settings by position. */
function configuration(folder: string | undefined): object {
  const base = folder ?? '';
  const extents = { locationId: 'Default', locationPath: join(base, 'blobs'), maxConcurrency: 50 };
  const settings = {
    host: '127.0.0.1',
    port: 0,
    keepAliveTimeoutSeconds: 5,
    metadataDatabase: join(base, 'blobs.json'),
    extentDatabase: join(base, 'extents.json'),
    extentFolders: [extents],
    accessLog: false,
    accessLogStream: undefined,
    debugLog: false,
    debugLogFile: undefined,
    loose: false,
    // The SDK may use a newer API version than Azurite supports.
    skipApiVersionCheck: true,
    certificate: '',
    certificateKey: '',
    certificatePassword: '',
    oauth: undefined,
    disableProductStyleUrl: true,
    inMemory: folder === undefined,
  };
  return new BlobConfiguration(...Object.values(settings));
}

const accountsVariable = 'AZURITE_ACCOUNTS';

/** Azurite reads its accounts from the environment only, again every minute. */
function registerAccount(name: string, key: string): () => void {
  const account = `${name}:${key}`;
  process.env[accountsVariable] = [...registeredAccounts(), account].join(';');
  return () => {
    const accounts = registeredAccounts();
    accounts.splice(accounts.indexOf(account), 1);
    if (accounts.length > 0) process.env[accountsVariable] = accounts.join(';');
    else delete process.env[accountsVariable];
  };
}

function registeredAccounts(): string[] {
  return (process.env[accountsVariable] ?? '').split(';').filter(account => account !== '');
}
