import type { HttpOperationResponse, IHttpClient, WebResource } from '@azure/storage-blob';
import { type CloudAnswer, type ConnectionsOptions, openConnections } from './exchange.ts';

/** The HTTP client below the SDK's pipeline. A request without a whole answer rejects with a `BrokenRequest`. */
export interface AzureTransport extends IHttpClient {
  /** Ends the connections that are kept open. */
  close(): void;
}

/**
 * The SDK's own client shares its connections with everybody, never gives up on a silent one, and follows redirects
 * of the same host; this one keeps its connections to itself, ends a silent one, and follows nothing.
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

/** A block's buffer as it is, as copying it would cost as much memory again. */
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
    // Without its location, no redirect can be followed.
    if (name !== 'location' && value !== undefined) headers.set(name, String(value));
  }
  return { request, headers, status, bodyAsText: content };
}
