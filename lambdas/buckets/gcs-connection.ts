import { Agent } from 'node:https';
import { Storage } from '@google-cloud/storage';
import { JWT } from 'google-auth-library';
import type { GcsCredential } from '../domain/secret.ts';
import type { NewObject } from './bucket.ts';
import { signingKey } from './gcs-key.ts';
import { createGcsTransport, googleEndpoint, type TransportOptions } from './gcs-transport.ts';
import { GcsTrouble, type Purpose, troubleOf } from './gcs-trouble.ts';
import { orAborted } from './or-aborted.ts';

/** What an upload is about, for whoever judges its answers. */
export interface Target {
  readonly bucket: string;
  readonly key: string;
}

interface GcsRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Its host does not count: the endpoint's is taken, whatever an answer named. */
  readonly url: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: Buffer;
  readonly purpose: Purpose;
}

export interface GcsAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer; a text if its content is anything else. */
  readonly data: unknown;
}

/**
 * Authenticated requests to Google Cloud Storage. Each is made once, and once more with a new token if one that was in
 * use before is no longer accepted. All reject with a GcsTrouble, or the signal's reason while there is no token yet.
 */
export interface GcsConnection {
  /** Begins a resumable upload that may only create its object; returns the URL of its session. */
  begin(target: Target, object: Resource, signal: AbortSignal): Promise<string>;
  /** @throws GcsTrouble also if the answer's status is none of the expected ones */
  send(request: GcsRequest, expected: readonly number[], signal: AbortSignal | undefined): Promise<GcsAnswer>;
  close(): void;
}

type Resource = Pick<NewObject, 'contentType' | 'metadata'>;

export interface ConnectionOptions extends TransportOptions {
  readonly credential: GcsCredential;
}

/** The narrowest scope that may create an object. */
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
    // Its parameters come with a logger that writes tokens where a variable of the environment asks for it.
    useAuthRequestParameters: false,
    transporterOptions: {
      fetchImplementation: transport.fetch,
      // Not used by the transport; without one, the library looks for a proxy.
      agent: new Agent(),
      responseType: 'json',
      // It would look at each byte of the body, which takes seconds. Nothing of an error is kept (see troubleOf).
      errorRedactor: false,
    },
  });
  client.transporter.interceptors.request.add({
    resolved: async request => {
      // Requests for a token ask to be retried; one place decides about that (see retrying).
      delete request.retryConfig;
      return request;
    },
  });
  const storage = new Storage({
    authClient: client,
    // All three are set, so that no variable of the environment decides.
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
    // Another upload may have a new one already. Without one, the next token is not known before, so this ends.
    if (client.credentials.access_token === token)
      client.credentials = { ...client.credentials, access_token: null, expiry_date: 1 };
    return authenticated(request, purpose, signal);
  }

  return {
    async begin({ bucket, key }, { contentType, metadata }, signal) {
      const file = storage.bucket(bucket).file(key);
      // The one way to hand it a signal. The type wants an address, too, which the SDK then sets itself.
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
