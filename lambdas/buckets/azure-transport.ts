import type { HttpOperationResponse, IHttpClient, WebResource } from '@azure/storage-blob';
import { type CloudAnswer, type ConnectionsOptions, openConnections } from './exchange.ts';

/** The HTTP client of the SDK's pipeline. Rejects with a `BrokenRequest` if no complete answer comes. */
export interface AzureTransport extends IHttpClient {
  /** Closes idle connections. */
  close(): void;
}

/**
 * Replaces the SDK's HTTP client, which shares its connections between accounts, waits forever for a silent server, and
 * follows redirects of the same host. This one has its own connections and a timeout, and follows no redirect.
 */
export function createAzureTransport(options: ConnectionsOptions): AzureTransport {
  const connections = openConnections(options);
  return {
    async sendRequest(request) {
      const { method, url, headers, body, abortSignal } = request;
      const answer = await connections.exchange({
        method,
        url: new URL(url),
        headers: headers.toJson({ preserveCase: true }),
        body: bytesOf(body),
        signal: abortSignal,
      });
      return operationResponse(request, answer);
    },
    close: () => connections.close(),
  };
}

/** Returns a block's buffer unchanged: a copy would double the memory. */
function bytesOf(body: Buffer | string | undefined): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.of());
}

function operationResponse(
  request: WebResource,
  { status, headers: received, content }: CloudAnswer,
): HttpOperationResponse {
  const headers = request.headers.clone();
  for (const name of headers.headerNames()) headers.remove(name);
  for (const [name, value] of Object.entries(received)) {
    // Without this header the SDK cannot follow a redirect.
    if (name !== 'location' && value !== undefined) headers.set(name, String(value));
  }
  return { request, headers, status, bodyAsText: content };
}
