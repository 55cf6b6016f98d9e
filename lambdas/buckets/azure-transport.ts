import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { text } from 'node:stream/consumers';
import type { HttpOperationResponse, IHttpClient, WebResource } from '@azure/storage-blob';

/** The HTTP client below the SDK's pipeline. A request without a whole answer rejects with a `BrokenRequest`. */
export interface AzureTransport extends IHttpClient {
  /** Ends the connections that are kept open. */
  close(): void;
}

/** A request that got no answer, or only a part of one. The system's message stays behind, as it names addresses. */
export class BrokenRequest extends Error {
  override readonly name = 'BrokenRequest';
  /** The system's code, such as `ECONNRESET`; `ETIMEDOUT` after silence. */
  readonly code: string;
  /** False if the server certainly lacks a part of the request, so that it cannot have carried it out. */
  readonly handedOver: boolean;

  constructor(code: string, handedOver: boolean) {
    super(`The request to Azure broke: ${code}`);
    this.code = code;
    this.handedOver = handedOver;
  }
}

/** Milliseconds for connecting, name resolution and TLS included. A host that is there takes a fraction of it. */
const connectMs = 3_000;

/**
 * The SDK's own client shares its connections with everybody, never gives up on a silent one, and follows redirects
 * of the same host; this one keeps its connections to itself, ends a silent one, and follows nothing.
 *
 * @param silenceMs milliseconds without any byte sent or received after which a request is given up
 * @param lookup in place of the system's name resolution for HTTPS
 */
export function createAzureTransport({
  silenceMs,
  lookup,
}: {
  silenceMs: number;
  lookup?: LookupFunction | undefined;
}): AzureTransport {
  const plain = new http.Agent({ keepAlive: true });
  const secure = new https.Agent({ keepAlive: true, ...(lookup !== undefined && { lookup }) });
  return {
    async sendRequest(request) {
      if (request.abortSignal?.aborted) throw new BrokenRequest('ABORT_ERR', false);
      const url = new URL(request.url);
      const options = {
        method: request.method,
        headers: request.headers.toJson({ preserveCase: true }),
        timeout: silenceMs,
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

function exchange(request: WebResource, sent: http.ClientRequest): Promise<HttpOperationResponse> {
  const { abortSignal } = request;
  return new Promise<HttpOperationResponse>((resolve, reject) => {
    let handedOver = false;
    let silent = false;
    const fail = ({ code = 'ECONNRESET' }: NodeJS.ErrnoException) =>
      reject(new BrokenRequest(silent ? 'ETIMEDOUT' : code, handedOver));
    const giveUp = () => {
      silent = true;
      sent.destroy(new Error('silence'));
    };
    const abort = () => {
      reject(new BrokenRequest('ABORT_ERR', handedOver));
      sent.destroy();
    };

    // Nothing is written before the connection stands, and the last byte only when the system has taken all the others:
    // a request that breaks earlier cannot have created the blob.
    const body = bytesOf(request.body);
    const finish = () => {
      handedOver = true;
      sent.end(body.subarray(-1));
    };
    const connecting = setTimeout(giveUp, connectMs);
    const write = () => {
      clearTimeout(connecting);
      if (body.length < 2) finish();
      else sent.write(body.subarray(0, -1), error => error || finish());
    };
    sent.on('socket', socket => {
      if (!socket.connecting) return write();
      socket.once(sent.protocol === 'https:' ? 'secureConnect' : 'connect', write);
    });

    sent.on('timeout', giveUp);
    // After an early answer the rest of the body may fail to leave, which no longer matters: if the answer itself is
    // cut, its own stream says so, and rejecting twice does nothing.
    sent.on('error', fail);
    sent.on('response', answer => {
      sent.off('error', fail).on('error', () => answer.destroy());
      text(answer).then(content => resolve(operationResponse(request, answer, content)), fail);
    });
    sent.on('close', () => {
      clearTimeout(connecting);
      abortSignal?.removeEventListener('abort', abort);
    });
    abortSignal?.addEventListener('abort', abort);
  });
}

/** A block's buffer as it is, as copying it would cost as much memory again. */
function bytesOf(body: Buffer | string | undefined): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.of());
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
