import { generateKeyPairSync } from 'node:crypto';
import { ApiError, Storage } from '@google-cloud/storage';
import { JWT } from 'google-auth-library';
import { createGcsBucket, type GcsBucketOptions } from '../../lambdas/buckets/gcs.ts';
import { type GcsCredential, parseSecret } from '../../lambdas/domain/secret.ts';
import { startGcsServer } from '../../local/servers/gcs-server.ts';
import type { BucketFault, BucketServer } from './bucket-contract.ts';

export const chunkSize = 1024 * 1024;
const pauseMs = 5;
const google = 'https://storage.googleapis.com';
const googleTokenUrl = 'https://oauth2.googleapis.com/token';
const deniedBucket = 'denied-logs';

/** The server that the environment names (see `gcs.test.ts`), else our own. */
export function startGcsBucketServer(): Promise<BucketServer> {
  const endpoint = process.env.CONTRACT_GCS_ENDPOINT;
  return endpoint === undefined ? startEmbedded() : startExternal(endpoint.replace(/\/+$/, ''));
}

/** A new service account, and its public key for a server. */
export function newServiceAccount(
  clientEmail = 'exporter@contract.iam.gserviceaccount.com',
  kind: 'rsa' | 'ed25519' = 'rsa',
) {
  const { privateKey, publicKey } =
    kind === 'rsa' ? generateKeyPairSync(kind, { modulusLength: 2048 }) : generateKeyPairSync(kind);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const credential: GcsCredential = { type: 'gcs', clientEmail, privateKey: pem };
  return { clientEmail, publicKey, credential };
}

/** The driver with short delays and small chunks. */
export function openBucket(bucket: string, options: Omit<GcsBucketOptions, 'destination'>) {
  return createGcsBucket({
    chunkSize,
    pauseMs,
    ...options,
    destination: { type: 'gcs', bucket },
  });
}

/** Google’s own client, with tokens from a token endpoint. */
function openStorage(endpoint: string, credential: GcsCredential, tokenUrl: string): Storage {
  const authClient = new JWT({
    email: credential.clientEmail,
    key: credential.privateKey,
    scopes: ['https://www.googleapis.com/auth/devstorage.full_control'],
  });
  authClient.transporter.interceptors.request.add({
    resolved: async request => {
      if (request.url.href === googleTokenUrl) request.url = new URL(tokenUrl);
      return request;
    },
  });
  return new Storage({
    authClient,
    apiEndpoint: endpoint,
    useAuthWithCustomEndpoint: true,
    projectId: 'contract',
  });
}

interface Opened {
  readonly endpoint: string;
  /** The token endpoint, if it is not at the driver’s endpoint. */
  readonly tokenUrl: string | undefined;
  readonly credential: GcsCredential;
  readonly bucket: string;
  readonly denied: string | undefined;
  /** True if the server verifies keys. */
  readonly checksTokens: boolean;
}

async function startEmbedded(): Promise<BucketServer> {
  const account = newServiceAccount();
  const server = await startGcsServer({
    serviceAccounts: [account],
    buckets: [{ name: 'audit-logs' }, { name: deniedBucket, denied: true }],
  });
  const { endpoint } = server;
  const { credential } = account;
  const opened = { endpoint, tokenUrl: undefined, credential, bucket: 'audit-logs', denied: deniedBucket };
  return {
    ...bucketServer({ ...opened, checksTokens: true }),
    isExternal: false,
    unfinishedUploads: async () => server.unfinishedUploads(),
    close: () => server.close(),
  };
}

async function startExternal(endpoint: string): Promise<BucketServer> {
  const secret = process.env.CONTRACT_GCS_CREDENTIALS;
  const denied = process.env.CONTRACT_GCS_DENIED_BUCKET;
  const bucket = process.env.CONTRACT_GCS_BUCKET ?? 'audit-logs';
  if (secret !== undefined && (endpoint === google || (await servesTokens(endpoint)))) {
    const tokenUrl = endpoint === google ? googleTokenUrl : undefined;
    const credential = serviceAccountIn(secret);
    return bucketServer({ endpoint, tokenUrl, credential, bucket, denied, checksTokens: true });
  }

  // The driver always needs a token, so our own issuer provides one that the server ignores.
  const account = newServiceAccount();
  const issuer = await startGcsServer({ serviceAccounts: [account], buckets: [] });
  const tokenUrl = `${issuer.endpoint}/token`;
  const storage = openStorage(endpoint, account.credential, tokenUrl);
  const [exists] = await storage.bucket(bucket).exists();
  if (!exists) await storage.createBucket(bucket);
  const { credential } = account;
  return {
    ...bucketServer({ endpoint, tokenUrl, credential, bucket, denied, checksTokens: false }),
    close: () => issuer.close(),
  };
}

function bucketServer(opened: Opened): BucketServer {
  const { endpoint, tokenUrl, credential, bucket, denied, checksTokens } = opened;
  const wrong = newServiceAccount(credential.clientEmail).credential;
  const storage = openStorage(endpoint, credential, tokenUrl ?? `${endpoint}/token`);
  const names: Partial<Record<BucketFault, string | undefined>> = {
    'missing-bucket': 'no-such-bucket-of-siem-export',
    denied,
  };
  return {
    endpoint,
    isExternal: true,
    faults: [
      'missing-bucket',
      ...(checksTokens ? (['wrong-credentials'] as const) : []),
      ...(denied === undefined ? [] : (['denied'] as const)),
    ],
    bucketName: fault => (fault && names[fault]) ?? bucket,
    secrets: [credential, wrong].map(({ privateKey }) => privateKey.replaceAll(/-----[A-Z ]+-----/g, '')),
    creates: ({ method, path, headers }) =>
      method === 'PUT'
        ? /\/\d+$/.test(headers['content-range'] ?? '')
        : path.includes('uploadType=multipart'),
    open: ({ fault, endpoint: other, silenceMs } = {}) =>
      openBucket((fault && names[fault]) ?? bucket, {
        credential: fault === 'wrong-credentials' ? wrong : credential,
        endpoint: other ?? endpoint,
        tokenUrl,
        silenceMs,
      }),
    async read(key) {
      try {
        const [resource] = await storage.bucket(bucket).file(key).getMetadata();
        const { contentType, contentEncoding, metadata } = resource;
        const texts = Object.entries(metadata ?? {}).map(([name, value]) => [name, String(value)]);
        const { data } = await storage.authClient.request<ArrayBuffer>({
          url: `${endpoint}/storage/v1/b/${bucket}/o/${encodeURIComponent(key)}?alt=media`,
          responseType: 'arraybuffer',
        });
        return { body: Buffer.from(data), contentType, contentEncoding, metadata: Object.fromEntries(texts) };
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return undefined;
        throw error;
      }
    },
    put: (key, body) => storage.bucket(bucket).file(key).save(Buffer.from(body), { resumable: false }),
    close: async () => undefined,
  };
}

/** True unless the server answers that it has no token endpoint. */
async function servesTokens(endpoint: string): Promise<boolean> {
  const answer = await fetch(`${endpoint}/token`, { method: 'POST', body: new URLSearchParams() });
  return ![404, 405, 501].includes(answer.status);
}

function serviceAccountIn(secret: string): GcsCredential {
  const credential = parseSecret({ type: 'gcs' }, secret);
  if (credential.type !== 'gcs') throw new TypeError('CONTRACT_GCS_CREDENTIALS is no service account');
  return credential;
}
