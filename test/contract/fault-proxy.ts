import { once } from 'node:events';
import {
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHttpServer } from '../../local/servers/http-server.ts';

/** What the proxy does to one request. */
export type Fault =
  /** Hands it to the server and the answer back. */
  | { readonly kind: 'pass' }
  /** Reads the request, keeps it from the server, and answers in its place. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: string;
      readonly headers?: OutgoingHttpHeaders;
      /** True to break the connection when the body is sent, one byte of which is missing then. */
      readonly cut?: boolean;
    }
  /** Breaks both connections once so many bytes of the request's body went by (0: at once), at the latest at its end. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** Lets the server do its work, then breaks the connection in place of the answer; with `when`, only if that says so then. */
  | { readonly kind: 'lose-answer'; readonly when?: () => Promise<boolean> }
  /** Lets the server do its work, and hands the answer back so much later. */
  | { readonly kind: 'late-answer'; readonly milliseconds: number }
  /** Breaks the connection in the middle of the answer's body, or after its head if it has none. */
  | { readonly kind: 'cut-answer' }
  /** Reads the request, keeps it from the server, and never answers. */
  | { readonly kind: 'silent' }
  /** Reads the request, keeps it from the server, and falls silent in the middle of an answer of 200. */
  | { readonly kind: 'stalled-answer' }
  /** Hands the request's body on at this speed. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The connection by which it came; a kept one brings several. */
  readonly connection: object;
}

export interface FaultProxy {
  /** The target's URL with the proxy's own host in it; always http. */
  readonly endpoint: string;
  /** Every request so far, in the order of arrival; empty if they are not kept. */
  readonly requests: readonly SeenRequest[];
  /** Decides for each request as its head arrives; set it to whatever a test needs. */
  onRequest: (request: SeenRequest) => Fault;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** False in runs too long to remember every request. */
  readonly keepRequests?: boolean;
  /** True to hand on a request only when all of it is here, for servers that half of one would end. */
  readonly wholeRequests?: boolean;
}

/**
 * A proxy in front of one server that breaks things on demand. The Host header goes through unchanged, so that
 * signatures over it stay valid and URLs that the server composes from it lead through the proxy again.
 */
export async function startFaultProxy(
  target: string,
  { keepRequests = true, wholeRequests = false }: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const upstream = new URL(target);
  const requests: SeenRequest[] = [];
  const server = await startHttpServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers, socket: connection } = incoming;
    const seen = { method, path, headers, connection };
    if (keepRequests) requests.push(seen);
    play(proxy.onRequest(seen), { upstream, wholeRequests }, incoming, outgoing).catch(() => {
      // The connection broke on either side: the other side sees the same.
      outgoing.destroy();
    });
  });

  const proxy: FaultProxy = {
    endpoint: `${server.endpoint}${upstream.pathname.replace(/\/$/, '')}`,
    requests,
    onRequest: () => ({ kind: 'pass' }),
    close: server.close,
  };
  return proxy;
}

async function play(
  fault: Fault,
  { upstream, wholeRequests }: { upstream: URL; wholeRequests: boolean },
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  if (fault.kind === 'answer') {
    for await (const _ of incoming);
    const { status, headers, body = '' } = fault;
    if (!fault.cut) return void outgoing.writeHead(status, headers).end(body);
    outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) + 1 });
    outgoing.write(body || ' ', () => incoming.socket.resetAndDestroy());
    return;
  }
  if (fault.kind === 'silent' || fault.kind === 'stalled-answer') {
    for await (const _ of incoming);
    if (fault.kind === 'stalled-answer')
      outgoing.writeHead(200, { etag: '"1"', 'content-length': 100 }).write('<?xml version="1.0"?>');
    return;
  }
  if (fault.kind === 'reset' && (fault.afterBytes === 0 || wholeRequests)) {
    incoming.socket.resetAndDestroy();
    return;
  }

  const slowed = fault.kind === 'slow' ? incoming.compose(slowedTo(fault.bytesPerSecond)) : incoming;
  const body = wholeRequests ? Readable.from([Buffer.concat(await slowed.toArray())]) : slowed;
  const request = (upstream.protocol === 'https:' ? requestHttps : requestHttp)(
    new URL(incoming.url ?? '/', upstream),
    { method: incoming.method, headers: { ...incoming.headers, connection: 'close' }, agent: false },
  );
  if (!wholeRequests) outgoing.once('close', () => request.destroy());
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  const sent =
    fault.kind === 'reset' ? resetMidway(incoming, request, fault.afterBytes) : pipeline(body, request);
  // A server may answer before the body is through (a refusal); only without any answer does a break matter.
  sent.catch(error => request.destroy(error));
  const [answer] = await answered;
  delete answer.headers.connection;

  if (fault.kind === 'lose-answer') {
    const body = await answer.toArray();
    const lost = fault.when === undefined || (await fault.when());
    if (lost) incoming.socket.resetAndDestroy();
    else outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(body));
    return;
  }
  if (fault.kind === 'late-answer' || fault.kind === 'cut-answer') {
    const body = Buffer.concat(await answer.toArray());
    if (fault.kind === 'late-answer') await sleep(fault.milliseconds);
    const { 'transfer-encoding': _, ...headers } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': body.length });
    if (fault.kind === 'late-answer') outgoing.end(body);
    else outgoing.write(body.subarray(0, body.length / 2), () => incoming.socket.resetAndDestroy());
    return;
  }
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, outgoing);
}

/** Sends the beginning of the body, so that the server has a request that never gets whole. */
async function resetMidway(incoming: IncomingMessage, request: ClientRequest, afterBytes: number) {
  let sent = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    const beginning = chunk.subarray(0, afterBytes - sent);
    // The very last byte stays here even when the body is shorter than that.
    request.write(beginning.subarray(0, -1));
    sent += chunk.length;
    if (sent >= afterBytes) break;
  }
  incoming.socket.resetAndDestroy();
  throw new Error('connection reset by the fault proxy');
}

function slowedTo(bytesPerSecond: number): Transform {
  const slice = Math.max(1, Math.floor(bytesPerSecond / 20));
  const pause = (slice / bytesPerSecond) * 1000;
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      for (let from = 0; from < chunk.length && !this.destroyed; from += slice) {
        this.push(chunk.subarray(from, from + slice));
        // A byte a second of a body whose connection is long closed must not keep the process alive for hours.
        await sleep(pause, undefined, { ref: false });
      }
      done();
    },
  });
}
