import { type ConnectionsOptions, openConnections } from './exchange.ts';

/** What Google's libraries send all of their requests with. */
export interface GcsTransport {
  /** As the global one, but a request that breaks rejects with a `BrokenRequest`, and no redirect is followed. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Ends the connections that are kept open. */
  close(): void;
}

export interface TransportOptions extends ConnectionsOptions {
  /** Another server than Google's, which then also issues the tokens, at `<endpoint>/token`. */
  readonly endpoint: string | undefined;
  /** Where tokens are asked for, if neither at Google's nor at the endpoint. */
  readonly tokenUrl: string | undefined;
}

export const googleEndpoint = 'https://storage.googleapis.com';
const googleTokenUrl = 'https://oauth2.googleapis.com/token';

/**
 * The HTTP below Google's libraries. Their own client has no limit for silence and none for connecting, follows redirects,
 * lets variables of the environment name a proxy, and does not tell whether a request that broke ever left whole.
 *
 * A request goes to one of two places only, whatever host an answer or the environment named to a library: what is for
 * Google's token address to where tokens are asked for, everything else to the endpoint. Token and assertion go along.
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
        // A chunk as it is, as copying it would cost as much memory again.
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
