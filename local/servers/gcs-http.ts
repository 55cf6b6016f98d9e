import type { IncomingMessage, ServerResponse } from 'node:http';
import { GcsRefusal } from './gcs-refusal.ts';

export interface GcsRequest {
  readonly method: string;
  /** Decoded segments of the path; everything after `/o/` is one segment, the object’s name. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly content: Buffer;
  /** False if the connection broke before the end of the content. */
  readonly whole: boolean;
}

export interface GcsAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: Buffer | Record<string, unknown>;
}

export async function receive(incoming: IncomingMessage): Promise<GcsRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://gcs.invalid');
  const received: Buffer[] = [];
  try {
    for await (const piece of incoming as AsyncIterable<Buffer>) received.push(piece);
  } catch (error) {
    // The bytes before a broken connection count: a resumable upload continues after them.
    if (incoming.complete) throw error;
  }
  return {
    method: incoming.method ?? '',
    path: segmentsOf(pathname),
    query: searchParams,
    headers: incoming.headers,
    content: Buffer.concat(received),
    whole: incoming.complete,
  };
}

export function send({ status, headers, body }: GcsAnswer, outgoing: ServerResponse): void {
  const isJson = body !== undefined && !Buffer.isBuffer(body);
  const content = isJson ? Buffer.from(JSON.stringify(body)) : (body ?? Buffer.of());
  const contentType = isJson ? { 'content-type': 'application/json; charset=UTF-8' } : {};
  outgoing.writeHead(status, { ...contentType, 'content-length': content.length, ...headers }).end(content);
}

/** The answer to a request that the server does not implement. */
export function notServed(): GcsRefusal {
  return new GcsRefusal(404, 'notFound', 'Not Found');
}

function segmentsOf(pathname: string): string[] {
  const [, before = pathname, name] = /^(.*?\/o)\/(.+)$/.exec(pathname) ?? [];
  const segments = before.split('/').filter(segment => segment !== '');
  try {
    return [...segments, ...(name === undefined ? [] : [name])].map(decodeURIComponent);
  } catch {
    // A percent sign that is not part of an escape makes the path invalid.
    throw new GcsRefusal(400, 'badRequest', 'The path is not valid.');
  }
}
