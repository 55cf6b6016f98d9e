import { GcsRefusal } from './gcs-refusal.ts';

/** The two parts of a multipart upload: the object resource as JSON, then the media. */
export interface MultipartUpload {
  readonly resource: Record<string, unknown>;
  readonly media: Buffer;
  readonly mediaType: string | undefined;
}

/** Splits a `multipart/related` body (RFC 2387), as the JSON API’s multipart uploads send it. */
export function parseMultipart(contentType: string, body: Buffer): MultipartUpload {
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed('no boundary');
  // The line break before a delimiter is part of it, so the first delimiter needs one, too.
  const framed = Buffer.concat([Buffer.from('\r\n'), body]);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const parts: { headers: string; content: Buffer }[] = [];
  let from = framed.indexOf(delimiter);
  for (let to = nextFrom(from); from >= 0 && to >= 0; from = to, to = nextFrom(from)) {
    const part = framed.subarray(from + delimiter.length, to);
    const headersEnd = part.indexOf('\r\n\r\n');
    if (headersEnd < 0) throw malformed('a part without headers');
    parts.push({ headers: part.toString('latin1', 0, headersEnd), content: part.subarray(headersEnd + 4) });
  }
  const [metadata, media] = parts;
  if (metadata === undefined || media === undefined || parts.length !== 2)
    throw malformed(`expected two parts, got ${parts.length}`);
  const [, mediaType] = /^content-type:\s*(.+?)\s*$/im.exec(media.headers) ?? [];
  return { resource: parseResource(metadata.content), media: media.content, mediaType };

  function nextFrom(position: number): number {
    return framed.indexOf(delimiter, position + 1);
  }
}

/** Parses an object resource; an empty body is an empty resource. */
export function parseResource(json: Buffer): Record<string, unknown> {
  try {
    const resource: unknown = JSON.parse(json.toString() || '{}');
    if (typeof resource === 'object' && resource !== null) return { ...resource };
  } catch {
    // The parser’s message would not help the client.
  }
  throw new GcsRefusal(400, 'parseError', 'Parse Error');
}

function malformed(what: string): GcsRefusal {
  return new GcsRefusal(400, 'badRequest', `Malformed multipart body: ${what}.`);
}
