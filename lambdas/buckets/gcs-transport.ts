import { type ConnectionsOptions, openConnections } from './exchange.ts';

/** The HTTP client that Google's libraries use for all requests. */
export interface GcsTransport {
  /**
   * Like the global `fetch`, but rejects with a `BrokenRequest` if no complete answer comes, and follows no redirect.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Closes idle connections. */
  close(): void;
}

export interface TransportOptions extends ConnectionsOptions {
  /** A server in place of Google's. It then also issues the tokens, at `<endpoint>/token`. */
  readonly endpoint: string | undefined;
  /** The URL for requesting tokens, if it is neither Google's nor the endpoint's. */
  readonly tokenUrl: string | undefined;
}

export const googleEndpoint = 'https://storage.googleapis.com';
const googleTokenUrl = 'https://oauth2.googleapis.com/token';

/**
 * Replaces the HTTP client of Google's libraries. That client has no time limit for silence or for
 * connecting, follows redirects, takes a proxy from environment variables, and does not report
 * whether a failed request was sent completely.
 *
 * Requests carry a token or an assertion, so they may go to only two places, even if an answer or
 * an environment variable names another host: requests for Google's token URL go to the URL for
 * tokens, and all others go to the endpoint.
 */
export function createGcsTransport(options: TransportOptions): GcsTransport {
  const { endpoint = googleEndpoint } = options;
  const { origin } = new URL(endpoint);
  const tokens =
    options.tokenUrl ??
    (options.endpoint === undefined ? googleTokenUrl : `${endpoint.replace(/\/+$/, '')}/token`);
  const connections = openConnections(options);

  return {
    async fetch(input, { method = 'GET', headers, body, signal } = {}) {
      const { href, pathname, search } = new URL(String(input));
      const sent = new Headers(headers);
      if (body instanceof URLSearchParams) sent.set('content-type', 'application/x-www-form-urlencoded');
      const answer = await connections.exchange({
        method,
        url: new URL(href === googleTokenUrl ? tokens : origin + pathname + search),
        headers: Object.fromEntries(sent),
        // A chunk is not copied: a copy would double the memory.
        body: Buffer.isBuffer(body) ? body : Buffer.from(String(body ?? '')),
        signal: signal ?? undefined,
      });
      return new Response(answer.content || null, {
        status: answer.status,
        headers: Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
      });
    },

    close: () => connections.close(),
  };
}
