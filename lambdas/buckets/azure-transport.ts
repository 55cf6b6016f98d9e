import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import {
  type HttpOperationResponse,
  type IHttpClient,
  RestError,
  type WebResource,
} from '@azure/storage-blob';
import { neverConnected } from './azure-failure.ts';

/** The HTTP client below the SDK's pipeline: it sees every single try of a request. */
export interface AzureTransport extends IHttpClient {
  /** Ends the connections that are kept open. */
  close(): void;
}

/**
 * The SDK's own client shares its connections with everybody, never gives up on a silent one, and follows redirects
 * of the same host; this one keeps its connections to itself, ends a silent one, and follows nothing.
 *
 * @param idleTimeout milliseconds without any byte sent or received
 * @param connections how they are made, for HTTPS
 */
export function createAzureTransport({
  idleTimeout,
  connections,
}: {
  idleTimeout: number;
  connections?: https.AgentOptions | undefined;
}): AzureTransport {
  const plain = new http.Agent({ keepAlive: true });
  const secure = new https.Agent({ keepAlive: true, ...connections });
  return {
    async sendRequest(request) {
      const url = new URL(request.url);
      const options = {
        method: request.method,
        headers: request.headers.toJson({ preserveCase: true }),
        timeout: idleTimeout,
      };
      const sent =
        url.protocol === 'https:'
          ? https.request(url, { ...options, agent: secure })
          : http.request(url, { ...options, agent: plain });
      return exchange(request, sent);
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

export interface WatchedCreation extends IHttpClient {
  readonly unclear: boolean;
}

/**
 * Notes when the request that creates the blob ends without a clear answer: what it did is then unknown, and a blob
 * that a repetition finds may be its own.
 */
export function watchCreation(transport: IHttpClient): WatchedCreation {
  let unclear = false;
  return {
    async sendRequest(request) {
      // Put Blob has no `comp`, Put Block List has `blocklist`; Put Block (`block`) creates nothing.
      const creates = new URL(request.url).searchParams.get('comp') !== 'block';
      try {
        const answer = await transport.sendRequest(request);
        if (creates && answer.status >= 500) unclear = true;
        return answer;
      } catch (error) {
        if (creates && !neverConnected(error)) unclear = true;
        throw error;
      }
    },
    get unclear() {
      return unclear;
    },
  };
}

function exchange(request: WebResource, sent: http.ClientRequest): Promise<HttpOperationResponse> {
  const { abortSignal } = request;
  return new Promise<HttpOperationResponse>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(requestError(error));
    const abort = () => {
      // Not a RestError: the SDK would take that for a reason to try again.
      reject(new DOMException('The upload was abandoned', 'AbortError'));
      sent.destroy();
    };
    sent.on('timeout', () => sent.destroy(Object.assign(new Error('idle'), { code: 'ETIMEDOUT' })));
    // After an early answer the rest of the body may fail to leave, which no longer matters: if the answer itself is
    // cut, its own stream says so, and rejecting twice does nothing.
    sent.on('error', fail);
    sent.on('response', answer => {
      sent.off('error', fail).on('error', () => answer.destroy());
      text(answer).then(body => resolve(operationResponse(request, answer, body)), fail);
    });
    sent.on('close', () => abortSignal?.removeEventListener('abort', abort));
    if (abortSignal?.aborted) return abort();
    abortSignal?.addEventListener('abort', abort);
    sent.end(request.body);
  });
}

/** The message stays behind: only the code decides what is tried again, and only the code is reported. */
function requestError(error: NodeJS.ErrnoException): RestError {
  return new RestError('The request failed', { code: error.code ?? RestError.REQUEST_SEND_ERROR });
}

function operationResponse(
  request: WebResource,
  answer: IncomingMessage,
  bodyAsText: string,
): HttpOperationResponse {
  const headers = request.headers.clone();
  for (const name of headers.headerNames()) headers.remove(name);
  for (const [name, value] of Object.entries(answer.headers)) {
    // Without its location, no redirect can be followed.
    if (name !== 'location' && value !== undefined) headers.set(name, String(value));
  }
  return { request, headers, status: answer.statusCode ?? 0, bodyAsText };
}
