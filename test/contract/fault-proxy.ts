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

/** What the proxy does with a request. */
export type Fault =
  /** Forwards the request and the answer. */
  | { readonly kind: 'pass' }
  /** Reads the request and answers itself. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: string;
      readonly headers?: OutgoingHttpHeaders;
      /** True to close the connection one byte before the end of the body. */
      readonly cut?: boolean;
    }
  /** Resets both connections after so many bytes of the request’s body (0: at once), at the latest at its end. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /**
   * Lets the server process the request, then closes the connection instead of answering; with `when`, only if it
   * returns true then.
   */
  | { readonly kind: 'lose-answer'; readonly when?: () => Promise<boolean> }
  /** Lets the server process the request, and delays the answer. */
  | { readonly kind: 'late-answer'; readonly milliseconds: number }
  /** Closes the connection in the middle of the answer’s body, or after the header if it has none. */
  | { readonly kind: 'cut-answer' }
  /** Reads the request and never answers. */
  | { readonly kind: 'silent' }
  /** Reads the request and stops in the middle of an answer with status 200. */
  | { readonly kind: 'stalled-answer' }
  /** Forwards the body at this speed. */
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

export interface SeenRequest {
  readonly method: string;
  /** Including the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The connection of the request; a kept-alive one carries several. */
  readonly connection: object;
}

export interface FaultProxy {
  /** The URL of the target with the proxy’s host; always http. */
  readonly endpoint: string;
  /** All requests in order of arrival; empty if they are not kept. */
  readonly requests: readonly SeenRequest[];
  /** Decides the fault for each request when its header arrives; tests replace it. */
  onRequest: (request: SeenRequest) => Fault;
  close(): Promise<void>;
}

export interface FaultProxyOptions {
  /** False for runs with too many requests to keep. */
  readonly keepRequests?: boolean;
  /** True to forward a request only when it is complete, for servers that an incomplete one would crash. */
  readonly wholeRequests?: boolean;
}

/**
 * A proxy in front of one server that injects faults. It does not change the Host header, so that signatures over it
 * stay valid, and URLs that the server builds from it lead through the proxy.
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
      // One connection failed, so the other side must see the same.
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
  // A server may answer before it has read the body, for example to refuse; a failure only matters without an answer.
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

/** Sends the beginning of the body, so that the server has an incomplete request. */
async function resetMidway(incoming: IncomingMessage, request: ClientRequest, afterBytes: number) {
  let sent = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    const beginning = chunk.subarray(0, afterBytes - sent);
    // Never send the last byte, even if the body is shorter than that.
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
        // A slow transfer whose connection has closed must not keep the process alive.
        await sleep(pause, undefined, { ref: false });
      }
      done();
    },
  });
}
