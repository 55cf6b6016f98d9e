import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { StringDecoder } from 'node:string_decoder';
import { crc32, gunzipSync } from 'node:zlib';
import { recordOfEvent } from '../../local/delivery/ocsf-record.ts';
import { listen } from '../../local/servers/http-server.ts';
import { type Content, contentOf } from '../input/lines.ts';
import { unzipped } from './unzip.ts';

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly xml?: string;
}

/** The content of all objects after an export. */
export interface Delivered extends Content {
  readonly files: number;
  readonly zipBytes: number;
}

/** A stand-in for S3 over TLS that keeps objects in memory. It supports only PutObject and multipart uploads. */
export async function startS3(certificate: { readonly key: string; readonly cert: string }) {
  const objects = new Map<string, Buffer[]>();
  const uploads = new Map<string, Map<number, Buffer[]>>();
  const calls: Record<string, number> = {};
  const server = createServer(certificate, (request, response) => {
    const method = request.method ?? '';
    calls[method] = (calls[method] ?? 0) + 1;
    answer(request)
      .catch((error: Error): Answer => ({ status: 400, xml: `<Error><Code>${error.message}</Code></Error>` }))
      .then(({ status, headers, xml }) => {
        const length = { 'content-length': Buffer.byteLength(xml ?? '') };
        response.writeHead(status, { 'x-amz-request-id': 'bench', ...length, ...headers });
        response.end(xml);
      });
  });
  const { port, close } = await listen(server);
  return { endpoint: `https://localhost:${port}`, calls, take, close };

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
    const uploadId = searchParams.get('uploadId');
    const body = await receive(request);
    if (request.method === 'POST' && uploadId === null) return begin(pathname);
    if (request.method === 'POST') return complete(pathname, uploadId ?? '');
    if (request.method !== 'PUT') return { status: 405 };
    if (uploadId === null) objects.set(pathname, body);
    else partsOf(uploadId).set(Number(searchParams.get('partNumber')), body);
    return { status: 200, headers: { etag: `"${randomUUID()}"` } };
  }

  function begin(key: string): Answer {
    const uploadId = randomUUID();
    uploads.set(uploadId, new Map());
    return {
      status: 200,
      xml: `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`,
    };
  }

  function complete(key: string, uploadId: string): Answer {
    const parts = [...partsOf(uploadId)].sort(([one], [other]) => one - other);
    objects.set(
      key,
      parts.flatMap(([, body]) => body),
    );
    uploads.delete(uploadId);
    return {
      status: 200,
      xml: `<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>`,
    };
  }

  function partsOf(uploadId: string): Map<number, Buffer[]> {
    const parts = uploads.get(uploadId);
    if (!parts) throw new Error('NoSuchUpload');
    return parts;
  }

  /** Reads all objects in the order of their keys, and deletes them. */
  async function take(): Promise<Delivered> {
    const found = [...objects].sort(([one], [other]) => (one < other ? -1 : 1));
    objects.clear();
    const zipBytes = found.flatMap(([, parts]) => parts).reduce((bytes, part) => bytes + part.length, 0);
    return { files: found.length, zipBytes, ...(await contentOf(linesOf(found))) };
  }
}

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The records of all objects, as lines of `ndjson`. */
async function* linesOf(
  objects: readonly (readonly [key: string, parts: Buffer[]])[],
): AsyncGenerator<Uint8Array> {
  for (const [key, parts] of objects) {
    const body = Buffer.concat(parts);
    if (key.endsWith('.zip')) yield* recordsIn(unzipped(body));
    else if (key.endsWith('.gz')) yield* recordsIn([gunzipSync(body)]);
    else yield* rewritten([body]);
  }
}

/** Content that is made of records is passed on as it is. */
async function* recordsIn(content: Chunks): AsyncGenerator<Uint8Array> {
  const events: Uint8Array[] = [];
  for await (const chunk of content)
    if (events.length > 0 || isOcsf(chunk)) events.push(Buffer.from(chunk));
    else yield chunk;
  yield* rewritten(events);
}

/** Records from OCSF events, and from lines whose characters are escaped. */
function* rewritten(content: readonly Uint8Array[]): Generator<Uint8Array> {
  // A chunk may end inside a character.
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for (const chunk of content) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split('\n');
    rest = lines.pop() ?? '';
    const records = lines.map(line =>
      line.startsWith(ocsfStart) ? recordOfEvent(line) : JSON.stringify(JSON.parse(line)),
    );
    yield Buffer.from(records.map(record => `${record}\n`).join(''));
  }
}

const ocsfStart = '{"activity_id"';

function isOcsf(chunk: Uint8Array): boolean {
  return Buffer.from(chunk.subarray(0, ocsfStart.length)).toString('latin1') === ocsfStart;
}
async function receive(request: IncomingMessage): Promise<Buffer[]> {
  const body: Buffer[] = await request.toArray();
  const checksum = request.headers['x-amz-checksum-crc32'];
  if (checksum !== undefined && checksum !== base64Of(body.reduce((known, chunk) => crc32(chunk, known), 0)))
    throw new Error('BadDigest');
  if (request.headers['content-encoding']?.includes('aws-chunked')) throw new Error('NotImplemented');
  return body;
}

function base64Of(checksum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum);
  return bytes.toString('base64');
}
