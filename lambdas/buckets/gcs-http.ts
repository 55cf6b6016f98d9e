import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';

export interface HttpRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The JSON of the answer; undefined if its content is anything else. */
  readonly data: unknown;
}

/** A request that got no whole answer. Holds nothing of the request, which carries the token. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  /** The socket's word (`ECONNRESET`), or one of `givenUp`. */
  readonly reason: string;
  /** False if the server certainly did not get the whole request, so that it cannot have carried it out. */
  readonly handedOver: boolean;

  constructor(reason: string, handedOver: boolean) {
    super(reason);
    this.reason = reason;
    this.handedOver = handedOver;
  }
}

/** Why a request was given up here: another one would only take as long. */
export const givenUp = { silent: 'no_bytes_for_too_long', unconnected: 'connect_timeout' } as const;

/** Connections to one cloud, kept open; each request is made once: no retry, no redirect. */
export interface Connections {
  agentFor(url: URL): http.Agent;
  /** @throws Unanswered */
  exchange(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>;
  close(): void;
}

export interface ConnectionsOptions {
  /** How long a request may go without any byte in either direction, in milliseconds. */
  readonly silenceMs: number;
  /** In place of the usual name resolution. */
  readonly lookup: LookupFunction | undefined;
}

/** From the look-up of the name to the end of the TLS handshake. */
const connectMs = 3_000;
/** Longer than any answer to an upload; what goes on beyond it is not one. */
const answerBytes = 256 * 1024;
/** Held back to the end, see `handOver`: more than the end of a multipart body that a server could do without. */
const lastBytes = 16;

export function openConnections({ silenceMs, lookup }: ConnectionsOptions): Connections {
  const pool = { keepAlive: true, ...(lookup !== undefined && { lookup }) };
  const plain = impatient(new http.Agent(pool), 'connect');
  const secure = impatient(new https.Agent(pool), 'secureConnect');

  return {
    agentFor: ({ protocol }) => (protocol === 'http:' ? plain : secure),
    exchange({ method, url, headers, body }, signal) {
      const options = {
        method,
        headers: { ...headers, 'content-length': body.length },
        timeout: silenceMs,
      };
      const request =
        url.protocol === 'http:'
          ? http.request(url, { ...options, agent: plain })
          : https.request(url, { ...options, agent: secure });
      return answerTo(request, body, signal);
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
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let handedOver = false;
    let exchange: http.ClientRequest | IncomingMessage = request;
    const fail = ({ code }: NodeJS.ErrnoException) => reject(new Unanswered(code ?? 'broken', handedOver));
    const end = (code: string) => exchange.destroy(coded(code));
    const abort = () => end('aborted');
    request.on('timeout', () => end(givenUp.silent));
    request.on('error', fail);
    request.on('close', () => signal?.removeEventListener('abort', abort));
    request.on('response', answer => {
      exchange = answer;
      // After an early answer the rest of the body may fail to leave, which no longer matters; if the answer itself is
      // cut, its own stream says so.
      request.off('error', fail).on('error', () => undefined);
      read(answer)
        .then(resolve, fail)
        .finally(() => request.writableFinished || request.destroy());
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort);
    handOver(request, body, () => {
      handedOver = true;
    });
  });
}

/**
 * Sends the body, its last bytes only after all others have left this process: whatever ends the request before that
 * has ended it for the server, too.
 */
function handOver(request: http.ClientRequest, body: Buffer, onLast: () => void): void {
  const split = Math.max(1, body.length - lastBytes);
  const sendLast = (last: Buffer) => {
    onLast();
    request.end(last);
  };
  if (body.length <= split) sendLast(body);
  else
    request.write(body.subarray(0, split), error => {
      if (!error && !request.destroyed) sendLast(body.subarray(split));
    });
}

/** The answer with all of its content. */
async function read(answer: IncomingMessage): Promise<HttpAnswer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > answerBytes) break;
    pieces.push(piece);
  }
  return { status: answer.statusCode ?? 0, headers: answer.headers, data: jsonIn(Buffer.concat(pieces)) };
}

function jsonIn(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    // Whoever reads the answer finds nothing of what it looks for.
    return undefined;
  }
}

/** Has the agent give up connecting, which would take minutes with a host that drops every packet. */
function impatient<A extends http.Agent>(agent: A, connected: 'connect' | 'secureConnect'): A {
  const connect = agent.createConnection;
  agent.createConnection = (options, callback) => {
    const socket = connect.call(agent, options, callback);
    const timer = setTimeout(() => socket?.destroy(coded(givenUp.unconnected)), connectMs);
    for (const event of [connected, 'close']) socket?.once(event, () => clearTimeout(timer));
    return socket;
  };
  return agent;
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}
