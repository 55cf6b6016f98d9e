import type { IncomingMessage, ServerResponse } from 'node:http';
import { type GcsAnswer, type GcsRequest, notServed, receive, send } from './gcs-http.ts';
import { GcsObjects, generationIn, noSuchObject, resourceOf, type StoredObject } from './gcs-objects.ts';
import { GcsRefusal } from './gcs-refusal.ts';
import { GcsSessions } from './gcs-sessions.ts';
import { createTokenIssuer, type ServiceAccount } from './gcs-token.ts';
import { answerUpload } from './gcs-uploads.ts';
import { type LocalServer, startHttpServer } from './http-server.ts';

export interface GcsServerOptions {
  /** Service accounts whose assertions get a token; every token gives access to every bucket that is not denied. */
  readonly serviceAccounts: readonly ServiceAccount[];
  /** A denied bucket answers 403 to every request. */
  readonly buckets: readonly { readonly name: string; readonly denied?: boolean }[];
}

/** Serves the JSON API, and the token endpoint at `/token`. */
export interface GcsServer extends LocalServer {
  /** The number of resumable uploads that are neither completed nor cancelled. */
  unfinishedUploads(): number;
  readObject(bucket: string, name: string): StoredObject | undefined;
  /** Sorted by name. */
  listObjects(bucket: string): readonly StoredObject[];
}

/**
 * The part of Google Cloud Storage’s JSON API that uploads need, in memory: simple, multipart and resumable uploads
 * with preconditions and checksums, reading, listing and deleting objects, and the token endpoint for service
 * accounts.
 */
export async function startGcsServer({ serviceAccounts, buckets }: GcsServerOptions): Promise<GcsServer> {
  const tokens = createTokenIssuer(serviceAccounts);
  const sessions = new GcsSessions();
  const stores = new Map(
    buckets.map(({ name, denied }) => [name, { denied: denied === true, objects: new GcsObjects() }]),
  );

  const server = await startHttpServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      process.emitWarning(`The GCS server failed: ${String(error)}`);
      outgoing.destroy();
    });
  });

  return {
    ...server,
    unfinishedUploads: () => sessions.unfinished,
    readObject: (bucket, name) => stores.get(bucket)?.objects.get(name),
    listObjects: bucket => stores.get(bucket)?.objects.list() ?? [],
  };

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      send(answer(await receive(incoming)), outgoing);
    } catch (error) {
      if (!(error instanceof GcsRefusal)) throw error;
      send({ status: error.status, body: error.body }, outgoing);
    }
  }

  function answer(request: GcsRequest): GcsAnswer {
    const { method, path, headers } = request;
    if (method === 'POST' && path.join('/') === 'token')
      return tokens.issue(new URLSearchParams(request.content.toString()));

    tokens.check(headers.authorization);
    const root = path[0] === 'upload' || path[0] === 'download' ? path[0] : undefined;
    const [storage, version, b, bucket, o, name] = root === undefined ? path : path.slice(1);
    if (storage !== 'storage' || version !== 'v1' || b !== 'b' || bucket === undefined) throw notServed();
    const objects = objectsOf(bucket);
    if (root === 'upload') return answerUpload(request, { bucket, objects, sessions });
    if (name !== undefined) return answerObject(request, bucket, objects, name);
    if (method !== 'GET') throw notServed();
    if (o === 'o') return answerList(request, bucket, objects);
    return { status: 200, body: { kind: 'storage#bucket', id: bucket, name: bucket, location: 'US' } };
  }

  function objectsOf(bucket: string): GcsObjects {
    const store = stores.get(bucket);
    if (store === undefined) throw new GcsRefusal(404, 'notFound', 'The specified bucket does not exist.');
    if (store.denied)
      throw new GcsRefusal(403, 'forbidden', `The caller does not have access to the bucket ${bucket}.`);
    return store.objects;
  }
}

function answerObject(request: GcsRequest, bucket: string, objects: GcsObjects, name: string): GcsAnswer {
  const { method, query } = request;
  if (method === 'DELETE') {
    objects.delete(name, generationIn(query));
    return { status: 204 };
  }
  if (method !== 'GET') throw notServed();
  const stored = objects.get(name);
  if (stored === undefined) throw noSuchObject(name);
  if (query.get('alt') !== 'media') return { status: 200, body: resourceOf(bucket, stored) };
  return {
    status: 200,
    body: stored.body,
    headers: {
      'content-type': stored.contentType,
      ...(stored.contentEncoding !== undefined && { 'content-encoding': stored.contentEncoding }),
      'x-goog-generation': String(stored.generation),
      'x-goog-hash': `crc32c=${stored.crc32c},md5=${stored.md5Hash}`,
    },
  };
}

/** The page after the name in the page token. */
function answerList({ query }: GcsRequest, bucket: string, objects: GcsObjects): GcsAnswer {
  const listed = objects.list(query.get('prefix') ?? '');
  const token = query.get('pageToken');
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString();
  const start = after === '' ? 0 : listed.findIndex(({ name }) => name === after) + 1;
  const page = listed.slice(start, start + Math.min(Number(query.get('maxResults') ?? 1000), 1000));
  const last = page.at(-1);
  const nextPageToken =
    last !== undefined && last !== listed.at(-1) ? Buffer.from(last.name).toString('base64url') : undefined;
  const items = page.map(stored => resourceOf(bucket, stored));
  return { status: 200, body: { kind: 'storage#objects', items, nextPageToken } };
}
