import { type GcsAnswer, type GcsRequest, notServed } from './gcs-http.ts';
import { parseMultipart, parseResource } from './gcs-multipart.ts';
import { type GcsObjects, generationIn, type ObjectAttributes, resourceOf } from './gcs-objects.ts';
import { GcsRefusal } from './gcs-refusal.ts';
import type { GcsSessions, SessionState } from './gcs-sessions.ts';

export interface UploadTarget {
  readonly bucket: string;
  readonly objects: GcsObjects;
  readonly sessions: GcsSessions;
}

/** Answers requests below `/upload/storage/v1/b/<bucket>/o`. */
export function answerUpload(request: GcsRequest, target: UploadTarget): GcsAnswer {
  const session = request.query.get('upload_id');
  if (session !== null) return answerSession(request, target, session);
  if (request.method !== 'POST') throw notServed();
  if (!request.whole) throw new GcsRefusal(400, 'badRequest', 'The content is not whole.');
  switch (request.query.get('uploadType')) {
    case 'media':
      return createFromMedia(request, target);
    case 'multipart':
      return createFromMultipart(request, target);
    case 'resumable':
      return beginSession(request, target);
    default:
      throw new GcsRefusal(400, 'invalidParameter', 'Invalid value for uploadType.');
  }
}

function createFromMedia(
  { query, headers, content }: GcsRequest,
  { bucket, objects }: UploadTarget,
): GcsAnswer {
  const attributes = { contentType: headers['content-type'], ...checksumsIn(headers) };
  const created = objects.create(nameIn(query, {}), content, attributes, generationIn(query));
  return { status: 200, body: resourceOf(bucket, created) };
}

function createFromMultipart(
  { query, headers, content }: GcsRequest,
  { bucket, objects }: UploadTarget,
): GcsAnswer {
  const { resource, media, mediaType } = parseMultipart(headers['content-type'] ?? '', content);
  const attributes = { ...attributesIn(resource, mediaType), ...checksumsIn(headers) };
  const created = objects.create(nameIn(query, resource), media, attributes, generationIn(query));
  return { status: 200, body: resourceOf(bucket, created) };
}

function beginSession(
  { query, headers, content }: GcsRequest,
  { bucket, objects, sessions }: UploadTarget,
): GcsAnswer {
  const resource = parseResource(content);
  const name = nameIn(query, resource);
  const generation = generationIn(query);
  const attributes = attributesIn(resource, headers['x-upload-content-type']?.toString());
  // Checked at the beginning, so that no content is uploaded in vain, and again when the object is created.
  objects.checkGeneration(name, generation);
  const id = sessions.begin({
    bucket,
    create: (body, checksums) => objects.create(name, body, { ...attributes, ...checksums }, generation),
  });
  const sessionQuery = new URLSearchParams({ uploadType: 'resumable', name, upload_id: id });
  const location = `http://${headers.host}/upload/storage/v1/b/${bucket}/o?${sessionQuery}`;
  return { status: 200, headers: { location, 'x-guploader-uploadid': id } };
}

function answerSession(
  { method, headers, content, whole }: GcsRequest,
  { bucket, sessions }: UploadTarget,
  id: string,
): GcsAnswer {
  if (sessions.bucketOf(id) !== bucket) throw notServed();
  if (method === 'DELETE') {
    sessions.cancel(id);
    return { status: 499 };
  }
  if (method !== 'PUT') throw notServed();
  const contentRange = headers['content-range'];
  const checksums = checksumsIn(headers);
  return answerState(bucket, sessions.put(id, { contentRange, content, whole, checksums }));
}

function answerState(bucket: string, state: SessionState): GcsAnswer {
  if ('completed' in state) return { status: 200, body: resourceOf(bucket, state.completed) };
  // A missing Range header means that no byte is stored yet.
  return { status: 308, headers: state.persisted === 0 ? {} : { range: `bytes=0-${state.persisted - 1}` } };
}

function nameIn(query: URLSearchParams, resource: Record<string, unknown>): string {
  const name = query.get('name') ?? resource.name;
  const valid = typeof name === 'string' && name !== '' && Buffer.byteLength(name) <= 1024;
  if (valid && !/[\r\n]/.test(name) && name !== '.' && name !== '..') return name;
  throw new GcsRefusal(400, 'invalid', 'Invalid object name.');
}

function attributesIn(resource: Record<string, unknown>, mediaType: string | undefined): ObjectAttributes {
  const text = (name: string) => {
    const value = resource[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    contentType: text('contentType') ?? mediaType,
    contentEncoding: text('contentEncoding'),
    metadata: metadataIn(resource.metadata),
    crc32c: text('crc32c'),
    md5Hash: text('md5Hash'),
  };
}

function metadataIn(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (typeof metadata !== 'object' || metadata === null)
    throw new GcsRefusal(400, 'invalid', 'Invalid value for metadata.');
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, String(value)]));
}

/** The checksums in a header `x-goog-hash: crc32c=…,md5=…`; missing ones are absent. */
function checksumsIn(headers: GcsRequest['headers']): Pick<ObjectAttributes, 'crc32c' | 'md5Hash'> {
  const header = headers['x-goog-hash']?.toString() ?? '';
  const [, crc32c] = /(?:^|,)\s*crc32c=([^,\s]+)/.exec(header) ?? [];
  const [, md5Hash] = /(?:^|,)\s*md5=([^,\s]+)/.exec(header) ?? [];
  return { ...(crc32c !== undefined && { crc32c }), ...(md5Hash !== undefined && { md5Hash }) };
}
