import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connectMs } from './tries.ts';

export interface CloudRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal: Abortable | undefined;
}

/** The common part of AbortSignal and the signals of the clouds' SDKs. */
interface Abortable {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export interface CloudAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly content: string;
}

/** A request without a complete answer. Contains nothing of the request, which carries the token. */
export class BrokenRequest extends Error {
  override readonly name = 'BrokenRequest';
  /** The system's code, such as `ECONNRESET`; `ETIMEDOUT` if a time limit was reached; `ABORT_ERR` if aborted. */
  readonly code: string;
  /** False if the server cannot have received the whole request, so that it cannot have carried it out. */
  readonly handedOver: boolean;

  constructor(code: string, handedOver: boolean) {
    super(`The request broke: ${code}`);
    this.code = code;
    this.handedOver = handedOver;
  }
}

/** Persistent connections to one cloud. Each request is sent once, and no redirect is followed. */
export interface Connections {
  /** @throws BrokenRequest */
  exchange(request: CloudRequest): Promise<CloudAnswer>;
  close(): void;
}

export interface ConnectionsOptions {
  /** A request fails after this time without a byte in either direction, in milliseconds. Also limits connecting. */
  readonly silenceMs: number;
  /** Options from `cloudConnections`. */
  readonly agent: https.AgentOptions;
}

/** The most bytes of an answer that are read. No answer to an upload is longer. */
const answerBytes = 256 * 1024;
/** Sent separately at the end. Must be long enough that a server cannot carry out a multipart request without them. */
const lastBytes = 16;

export function openConnections({ silenceMs, agent }: ConnectionsOptions): Connections {
  const plain = new http.Agent(agent);
  const secure = new https.Agent(agent);
  return {
    async exchange({ method, url, headers, body, signal }) {
      if (signal?.aborted) throw new BrokenRequest('ABORT_ERR', false);
      const options = {
        method,
        headers: { ...headers, 'content-length': body.length },
        timeout: silenceMs,
      };
      const request =
        url.protocol === 'http:'
          ? http.request(url, { ...options, agent: plain })
          : https.request(url, { ...options, agent: secure });
      return answerTo(request, body, signal, Math.min(connectMs, silenceMs));
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

function answerTo(
  request: http.ClientRequest,
  body: Buffer,
  signal: Abortable | undefined,
  longestConnecting: number,
): Promise<CloudAnswer> {
  return new Promise((resolve, reject) => {
    let handedOver = false;
    let givenUp: string | undefined;
    const fail = ({ code = 'ECONNRESET' }: NodeJS.ErrnoException) =>
      reject(new BrokenRequest(givenUp ?? code, handedOver));
    const giveUp = (code: string) => {
      givenUp ??= code;
      request.destroy(new Error(code));
    };
    const abort = () => giveUp('ABORT_ERR');
    const connecting = setTimeout(giveUp, longestConnecting, 'ETIMEDOUT');

    // The last bytes are written only after the system has accepted all others: a request that
    // fails before that cannot have been carried out.
    const split = Math.max(0, body.length - lastBytes);
    const sendLast = () => {
      handedOver = true;
      request.end(body.subarray(split));
    };
    const send = () => {
      clearTimeout(connecting);
      if (split === 0) sendLast();
      else request.write(body.subarray(0, split), error => error || request.destroyed || sendLast());
    };
    request.on('socket', socket => {
      if (!socket.connecting) return send();
      socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', send);
    });

    request.on('timeout', () => giveUp('ETIMEDOUT'));
    request.on('error', fail);
    request.on('response', answer => {
      // After an early answer, an error in sending the rest of the body no longer matters. If the answer itself is
      // interrupted, reading it fails.
      request.off('error', fail).on('error', () => answer.destroy());
      read(answer)
        .then(resolve, fail)
        .finally(() => request.writableFinished || request.destroy());
    });
    request.on('close', () => {
      clearTimeout(connecting);
      signal?.removeEventListener('abort', abort);
    });
    signal?.addEventListener('abort', abort);
  });
}

async function read(answer: IncomingMessage): Promise<CloudAnswer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > answerBytes) break;
    pieces.push(piece);
  }
  const { statusCode: status = 0, headers } = answer;
  return { status, headers, content: Buffer.concat(pieces).toString() };
}
