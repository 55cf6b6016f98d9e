import { gunzipSync } from 'node:zlib';
import type { Source } from '../kit.ts';
import type { StoredObject } from '../model.ts';
import type { Settings } from './filebeat-model.ts';

/** A line as Filebeat sends it, with the address of its file. */
export interface Line {
  readonly message: string;
  readonly file: string;
}

/** Bytes of a line that the input for S3 keeps: its default for `max_bytes`. */
const maxLineBytes = 10 * 1024 * 1024;

/** The content types that both inputs that poll take. Others give one event that says so. */
const polledTypes = [
  'application/json',
  'application/octet-stream',
  'application/x-ndjson',
  'application/x-gzip',
];

/** @throws Error if Filebeat fails with the file: it logs that, and no event comes of it */
export function linesOf(object: StoredObject, settings: Settings, source: Source): Line[] {
  const { key, contentType } = object;
  const file = `${addressOf(source)}${key}`;
  if (source.type === 's3') {
    const { lines, fault } = contentOf(object);
    // By its content type a plain file is read as JSON, without a limit. Gzip is none, so a packed file is read by lines.
    if (!/^application\/(json|x-ndjson)/.test(contentType))
      return lines.map(line => ({ message: truncated(line), file }));
    if (fault !== undefined) throw fault;
    return lines.map(message => ({ message, file }));
  }
  if (!polledTypes.includes(contentType))
    return [{ message: `job encountered an error: content-type ${contentType} not supported`, file }];
  if (!isSelected(key, settings)) return [];
  const { lines, fault } = contentOf(object);
  if (fault !== undefined) throw fault;
  if (lines.length === 0) throw new Error(`${key}: JSON data is malformed unexpected EOF`);
  return lines.map(message => ({ message, file }));
}

function isSelected(key: string, settings: Settings): boolean {
  const [list] = [...settings.keys()].filter(name => name.endsWith('.file_selectors.0.regex'));
  // Go's expressions and JavaScript's agree in what the kit uses; with `u` an unknown escape is refused, as in Go.
  return list === undefined || new RegExp(String(settings.get(list)), 'u').test(key);
}

interface Content {
  readonly lines: readonly string[];
  /** Set if a line is not JSON. Go's decoder takes one value after another; ours stand in a line each. */
  readonly fault: unknown;
}

function contentOf(object: StoredObject): Content {
  const known = contents.get(object);
  if (known !== undefined) return known;
  const lines = textOf(object)
    .split('\n')
    .filter(line => line.trim() !== '');
  const content = { lines, fault: faultOf(lines) };
  contents.set(object, content);
  return content;
}

const contents = new WeakMap<StoredObject, Content>();

/** Unpacked if the first bytes are gzip's, whatever the names and types say. */
function textOf({ body }: StoredObject): string {
  const isGzip = Buffer.from([0x1f, 0x8b, 0x08]).equals(body.subarray(0, 3));
  return Buffer.from(isGzip ? gunzipSync(body) : body).toString('utf8');
}

function faultOf(lines: readonly string[]): unknown {
  try {
    for (const line of lines) JSON.parse(line);
    return undefined;
  } catch (error) {
    return error;
  }
}

function truncated(line: string): string {
  if (Buffer.byteLength(line, 'utf8') <= maxLineBytes) return line;
  return Buffer.from(line, 'utf8').subarray(0, maxLineBytes).toString('utf8');
}

function addressOf(source: Source): string {
  if (source.type === 's3') return `https://${source.bucket}.s3.${source.region}.amazonaws.com/`;
  if (source.type === 'gcs') return `gs://${source.bucket}/`;
  return `https://${source.host}/${source.container}/`;
}
