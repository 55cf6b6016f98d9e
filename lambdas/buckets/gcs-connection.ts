import { Agent } from 'node:https';
import { Storage } from '@google-cloud/storage';
import { JWT } from 'google-auth-library';
import type { GcsCredential } from '../domain/secret.ts';
import type { NewObject } from './bucket.ts';
import { signingKey } from './gcs-key.ts';
import { createGcsTransport, googleEndpoint, type TransportOptions } from './gcs-transport.ts';
import { GcsTrouble, type Purpose, troubleOf } from './gcs-trouble.ts';
import { orAborted } from './or-aborted.ts';

/** The object that an upload creates. */
export interface Target {
  readonly bucket: string;
  readonly key: string;
}

interface GcsRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Its host is ignored and replaced by the endpoint's, because the URL may come from an answer. */
  readonly url: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: Buffer;
  readonly purpose: Purpose;
}

export interface GcsAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON of the answer, or its text if it is not JSON. */
  readonly data: unknown;
}

/**
 * Authenticated requests to Google Cloud Storage. Each is sent once, and a second time with a new
 * token if a cached token is no longer accepted. Rejects with a GcsTrouble, or with the signal's
 * reason if it aborts before there is a token.
 */
export interface GcsConnection {
  /** Begins a resumable upload that can only create an object, not overwrite one. Returns the URL of its session. */
  begin(target: Target, object: Resource, signal: AbortSignal): Promise<string>;
  /** @throws GcsTrouble also if the answer's status is not one of `expected` */
  send(request: GcsRequest, expected: readonly number[], signal: AbortSignal | undefined): Promise<GcsAnswer>;
  close(): void;
}

type Resource = Pick<NewObject, 'contentType' | 'metadata'>;

export interface ConnectionOptions extends TransportOptions {
  readonly credential: GcsCredential;
}

/** The narrowest scope that allows creating an object. */
const scope = 'https://www.googleapis.com/auth/devstorage.read_write';
const tokenRequest: Purpose = { stage: 'token', creates: false };
const beginning: Purpose = { stage: 'storage', creates: false };

/** @throws ExportError `secret_invalid` if the private key cannot be read */
export function connectToGcs({ credential, ...options }: ConnectionOptions): GcsConnection {
  const key = signingKey(credential.privateKey);
  const transport = createGcsTransport(options);
  const client = new JWT({
    email: credential.clientEmail,
    key,
    scopes: [scope],
    // With these parameters comes a logger that would write tokens if an environment variable enables it.
    useAuthRequestParameters: false,
    transporterOptions: {
      fetchImplementation: transport.fetch,
      // The transport does not use it. Without an agent, the library would look for a proxy.
      agent: new Agent(),
      responseType: 'json',
      // The redactor would scan the whole body, which takes seconds. It is not needed: `troubleOf` keeps no secret.
      errorRedactor: false,
    },
  });
  client.transporter.interceptors.request.add({
    resolved: async request => {
      // The library would retry requests for a token. Only `tries.ts` may decide about retries.
      delete request.retryConfig;
      return request;
    },
  });
  const storage = new Storage({
    authClient: client,
    // Without these three settings the library would read environment variables.
    apiEndpoint: options.endpoint ?? googleEndpoint,
    universeDomain: 'googleapis.com',
    useAuthWithCustomEndpoint: true,
    retryOptions: { autoRetry: false },
  });

  async function getToken(signal: AbortSignal | undefined): Promise<string> {
    const { token } = await orAborted(client.getAccessToken(), signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw troubleOf(error, tokenRequest);
    });
    if (typeof token === 'string' && /^[\w.~+/=-]+$/.test(token)) return token;
    throw new GcsTrouble(tokenRequest, { status: 200, reason: 'no_token' });
  }

  async function authenticated<T>(
    request: () => Promise<T>,
    purpose: Purpose,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const known = client.credentials.access_token;
    const token = await getToken(signal);
    try {
      return await request();
    } catch (error) {
      const trouble = troubleOf(error, purpose);
      if (trouble.status !== 401 || token !== known) throw trouble;
    }
    // Discards the token, unless a parallel upload has already replaced it. This recursion ends: the next token is
    // either accepted or was not known before.
    if (client.credentials.access_token === token)
      client.credentials = { ...client.credentials, access_token: null, expiry_date: 1 };
    return authenticated(request, purpose, signal);
  }

  return {
    async begin({ bucket, key }, { contentType, metadata }, signal) {
      const file = storage.bucket(bucket).file(key);
      // The SDK offers no other way to pass a signal. The type demands a `uri`, which the SDK then sets itself.
      file.interceptors.push({ request: () => Object.assign({ uri: '' }, { signal }) });
      const upload = {
        metadata: { contentType, metadata: { ...metadata } },
        preconditionOpts: { ifGenerationMatch: 0 },
      };
      const [session] = await authenticated(() => file.createResumableUpload(upload), beginning, signal);
      if (URL.canParse(session)) return session;
      throw new GcsTrouble(beginning, { status: 200, reason: 'no_session' });
    },

    send: ({ purpose, ...request }, expected, signal) =>
      authenticated(
        () =>
          storage.authClient.request<unknown>({
            ...request,
            validateStatus: status => expected.includes(status),
            ...(signal !== undefined && { signal }),
          }),
        purpose,
        signal,
      ),

    close: () => transport.close(),
  };
}
