import { createPrivateKey } from 'node:crypto';
import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { Storage } from '@google-cloud/storage';
import { JWT } from 'google-auth-library';
import { ExportError } from '../domain/failure.ts';
import type { GcsCredential } from '../domain/secret.ts';
import { type GcsStage, GcsTrouble, troubleInAnswer, troubleOf } from './gcs-failure.ts';
import { orAborted } from './or-aborted.ts';

interface GcsRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly stage: GcsStage;
  readonly timeoutMs: number;
}

export interface GcsAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the answer, if it is JSON. */
  readonly data: unknown;
}

/** Authenticated requests to one endpoint of Google Cloud Storage, each made once: no retry, no redirect. */
export interface GcsConnection {
  readonly endpoint: string;
  /**
   * @throws GcsTrouble if no answer comes or its status is none of the expected ones; the signal's reason
   */
  send(request: GcsRequest, expected: readonly number[], signal: AbortSignal | undefined): Promise<GcsAnswer>;
  /** Begins a resumable upload that may only create its object; returns the URI of its session. */
  beginUpload(upload: NewUpload, signal: AbortSignal): Promise<string>;
  close(): void;
}

interface NewUpload {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ConnectionOptions {
  readonly credential: GcsCredential;
  readonly endpoint: string | undefined;
  readonly tokenUrl: string | undefined;
  readonly connections: AgentOptions;
}

const googleEndpoint = 'https://storage.googleapis.com';
const googleTokenUrl = 'https://oauth2.googleapis.com/token';
/** The narrowest scope that may create an object. */
const scope = 'https://www.googleapis.com/auth/devstorage.read_write';
/** For requests that carry no content: those for a token, for a session, and a session's state. */
export const controlTimeoutMs = 10_000;

/** @throws ExportError `secret_invalid` if the private key cannot be read */
export function connectToGcs({
  credential,
  endpoint,
  tokenUrl,
  connections,
}: ConnectionOptions): GcsConnection {
  const apiEndpoint = (endpoint ?? googleEndpoint).replace(/\/+$/, '');
  const tokenEndpoint = tokenUrl ?? (endpoint === undefined ? googleTokenUrl : `${apiEndpoint}/token`);
  const agents = { 'http:': new HttpAgent(connections), 'https:': new HttpsAgent(connections) };
  const agentFor = (url: URL) => agents[url.protocol === 'http:' ? 'http:' : 'https:'];

  const client = new JWT({
    email: credential.clientEmail,
    key: readableKey(credential.privateKey),
    scopes: [scope],
    transporterOptions: { agent: agentFor, timeout: controlTimeoutMs },
  });
  // Every request of the libraries passes here, so that the token goes to this endpoint only, whatever they are told
  // by an answer, a redirect or the environment.
  client.transporter.interceptors.request.add({
    resolved: async request => {
      if (request.url.href === googleTokenUrl) request.url = new URL(tokenEndpoint);
      else if (request.url.origin !== new URL(apiEndpoint).origin)
        throw new GcsTrouble('session', { status: 400, reason: 'foreign_host' });
      request.redirect = 'manual';
      // The token request asks to be retried; one place decides about that (see retrying).
      delete request.retryConfig;
      request.retry = false;
      return request;
    },
  });
  const storage = new Storage({
    authClient: client,
    apiEndpoint,
    universeDomain: 'googleapis.com',
    // Without it, no token goes to an endpoint other than Google's.
    useAuthWithCustomEndpoint: true,
    retryOptions: { autoRetry: false, maxRetries: 0 },
  });

  async function authorize(signal: AbortSignal | undefined): Promise<void> {
    try {
      await orAborted(client.getAccessToken(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw troubleOf(error, 'token');
    }
  }

  return {
    endpoint: apiEndpoint,

    async send({ method, url, headers, body, stage, timeoutMs }, expected, signal) {
      await authorize(signal);
      const answer = await client
        .request<unknown>({
          method,
          url,
          headers: { ...headers, 'content-length': String(body.length) },
          // A stream, because the client lets an abort at the wrong moment end the process when it has to make the
          // stream itself: nobody listens then for that stream's error.
          ...(body.length > 0 && { data: Readable.from([body]) }),
          ...(signal !== undefined && { signal }),
          timeout: timeoutMs,
          responseType: 'json',
          validateStatus: () => true,
        })
        .catch((error: unknown) => {
          signal?.throwIfAborted();
          throw error instanceof GcsTrouble ? error : troubleOf(error, stage);
        });
      if (expected.includes(answer.status)) return answer;
      throw troubleInAnswer(answer.status, answer.data, stage);
    },

    async beginUpload({ bucket, key, contentType, metadata }, signal) {
      await authorize(signal);
      try {
        // Not ended by the signal: the session's URI has to be known for the session to be cancelled.
        const [uri] = await storage
          .bucket(bucket)
          .file(key)
          .createResumableUpload({
            metadata: { contentType, metadata: { ...metadata } },
            preconditionOpts: { ifGenerationMatch: 0 },
          });
        // On the endpoint's own host, whatever host the answer names: the token goes along.
        const { pathname, search } = new URL(uri);
        return new URL(pathname + search, apiEndpoint).href;
      } catch (error) {
        throw error instanceof GcsTrouble ? error : troubleOf(error, 'storage');
      }
    },

    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** The key, if it is one that signs as service accounts do; whether Google knows it is Google's to say. */
function readableKey(privateKey: string): string {
  try {
    if (createPrivateKey(privateKey).asymmetricKeyType === 'rsa') return privateKey;
  } catch {
    // The parser's words say nothing to the reader, and must not carry any of the key.
  }
  throw new ExportError(
    'secret_invalid',
    'The private_key of the service-account file is not an RSA key that can be read: put the file into the secret as downloaded',
  );
}
