import type { LookupFunction } from 'node:net';
import { JWT } from 'google-auth-library';
import type { GcsCredential } from '../domain/secret.ts';
import { type HttpAnswer, openConnections } from './gcs-http.ts';
import { signingKey } from './gcs-key.ts';
import { GcsTrouble, type Purpose, troubleInAnswer, troubleOf } from './gcs-trouble.ts';
import { orAborted } from './or-aborted.ts';

interface GcsRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Path and query; the host is the endpoint's, whatever an answer named, because the token goes along. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly purpose: Purpose;
}

/** Authenticated requests to one endpoint of Google Cloud Storage. */
export interface GcsConnection {
  /**
   * Made once, and once more with a new token if one that was in use before is no longer accepted.
   *
   * @throws GcsTrouble if no answer comes or its status is none of the expected ones; the signal's reason while there
   *   is no token yet
   */
  send(
    request: GcsRequest,
    expected: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer>;
  close(): void;
}

export interface ConnectionOptions {
  readonly credential: GcsCredential;
  readonly endpoint: string | undefined;
  readonly tokenUrl: string | undefined;
  readonly lookup: LookupFunction | undefined;
  /** How long a request may go without any byte in either direction, in milliseconds. */
  readonly silenceMs: number;
}

const googleEndpoint = 'https://storage.googleapis.com';
const googleTokenUrl = 'https://oauth2.googleapis.com/token';
/** The narrowest scope that may create an object. */
const scope = 'https://www.googleapis.com/auth/devstorage.read_write';
const tokenRequest: Purpose = { stage: 'token', creates: false };

/** @throws ExportError `secret_invalid` if the private key cannot be read */
export function connectToGcs(options: ConnectionOptions): GcsConnection {
  const { credential, endpoint, tokenUrl, lookup, silenceMs } = options;
  const apiEndpoint = (endpoint ?? googleEndpoint).replace(/\/+$/, '');
  const tokenEndpoint = tokenUrl ?? (endpoint === undefined ? googleTokenUrl : `${apiEndpoint}/token`);
  const connections = openConnections({ silenceMs, lookup });
  const key = signingKey(credential.privateKey);
  let client = newClient();

  function newClient(): JWT {
    const jwt = new JWT({
      email: credential.clientEmail,
      key,
      scopes: [scope],
      transporterOptions: { agent: url => connections.agentFor(url), timeout: silenceMs },
    });
    // Every request of the library passes here, so that an assertion goes to this endpoint only, whatever the library
    // is told by an answer, a redirect or the environment.
    jwt.transporter.interceptors.request.add({
      resolved: async request => {
        request.url = new URL(tokenEndpoint);
        request.redirect = 'manual';
        // It asks to be retried; one place decides about that (see retrying).
        delete request.retryConfig;
        request.retry = false;
        return request;
      },
    });
    return jwt;
  }

  async function getToken(signal: AbortSignal | undefined): Promise<string> {
    const { token } = await orAborted(client.getAccessToken(), signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw troubleOf(error, tokenRequest);
    });
    if (typeof token === 'string' && /^[\w.~+/=-]+$/.test(token)) return token;
    throw new GcsTrouble(tokenRequest, { status: 200, reason: 'no_token' });
  }

  return {
    async send({ method, path, headers, body, purpose }, expected, signal) {
      const answer = async (token: string) =>
        connections
          .exchange(
            {
              method,
              url: new URL(apiEndpoint + path),
              headers: { ...headers, authorization: `Bearer ${token}` },
              body,
            },
            signal,
          )
          .catch((error: unknown) => {
            throw troubleOf(error, purpose);
          });

      const known = client.credentials.access_token;
      const token = await getToken(signal);
      let result = await answer(token);
      if (result.status === 401 && token === known) {
        client = newClient();
        result = await answer(await getToken(signal));
      }
      if (expected.includes(result.status)) return result;
      throw troubleInAnswer(result, purpose);
    },

    close: () => connections.close(),
  };
}
