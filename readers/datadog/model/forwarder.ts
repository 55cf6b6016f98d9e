import { gunzipSync } from 'node:zlib';
import { readNotification } from '../../amazon/notification-model.ts';
import type { StoredObject } from '../../model.ts';
import { checkMembers, type Log } from './pipeline.ts';

/** What is needed of the forwarder's stack and of the bucket's notification. */
export interface Trigger {
  readonly source: string;
  /** Whether the bucket calls the forwarder for an object. */
  sees(key: string): boolean;
}

/** The forwarder drops what is larger. It measures a log with its metadata, as JSON. */
const longestItem = 512_000;

/** @throws Error for what Amazon S3 or the forwarder would refuse or ignore */
export function parseTrigger(notification: string, environment: string): Trigger {
  const variables = JSON.parse(environment);
  checkMembers(variables, ['DD_SOURCE']);
  if (typeof variables.DD_SOURCE !== 'string')
    throw new TypeError('expected DD_SOURCE, or the source is guessed');
  return { source: variables.DD_SOURCE, sees: readNotification(notification, 'function') };
}

/** The logs that the Lambda function sends for an object. Datadog takes the members of a message that is JSON as attributes. */
export function forwarded(object: StoredObject, bucket: string, { source, sees }: Trigger): Log[] {
  const { key } = object;
  if (!sees(key)) return [];
  const metadata = { aws: { s3: { bucket, key } }, ddsource: source, service: source };
  return linesOf(object)
    .filter(({ bytes }) => Buffer.byteLength(JSON.stringify(metadata), 'utf8') + bytes <= longestItem)
    .map(({ text, attributes }) => ({
      source,
      service: source,
      attributes: new Map([...attributes, ['aws.s3.bucket', bucket], ['aws.s3.key', key]]),
      message: attributes.size > 0 ? undefined : text,
      date: '',
    }));
}

interface Line {
  readonly text: string;
  /** The size of the line as the message of a log in JSON. */
  readonly bytes: number;
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** The lines of an object are read once, though many changed kits read it. */
const read = new WeakMap<StoredObject, readonly Line[]>();

function linesOf(object: StoredObject): readonly Line[] {
  const lines = read.get(object) ?? splitLines(object).map(lineOf);
  read.set(object, lines);
  return lines;
}

function lineOf(text: string): Line {
  const bytes = Buffer.byteLength(JSON.stringify({ message: text }), 'utf8');
  return { text, bytes, attributes: attributesOf(text) };
}

/** The forwarder unpacks by the suffix or by gzip's first bytes. It splits bytes at line feeds and carriage returns. */
function splitLines({ key, body }: StoredObject): string[] {
  const isGzip = key.endsWith('.gz') || (body[0] === 0x1f && body[1] === 0x8b);
  const text = new TextDecoder().decode(isGzip ? gunzipSync(body) : body);
  return text.split(/[\r\n]+/).filter(line => line !== '');
}

function attributesOf(text: string): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(text)));
  } catch {
    return new Map();
  }
}
