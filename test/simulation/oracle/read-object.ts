import { gunzipSync, inflateRawSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { StoredObject } from '../services/cloud.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The lines of a delivered object in any format; for an array, its members. */
export function readLines({ key, body }: StoredObject): readonly string[] {
  const text = decoder.decode(key.endsWith('.gz') ? gunzipSync(body) : unzip(key, body));
  if (text.startsWith('[')) return (JSON.parse(text) as unknown[]).map(member => JSON.stringify(member));
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Error(`${key} does not end with a line feed`);
  return text.slice(0, -1).split('\n');
}

/** Uses the local header if it contains the sizes, else fflate. */
function unzip(key: string, body: Uint8Array): Uint8Array {
  const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const nameLength = view.readUInt16LE(26);
  const name = view.toString('utf8', 30, 30 + nameLength);
  const part = /_\d{8}T\d{6}Z(_\d{4,})?\.zip$/.exec(key)?.[1] ?? '';
  const expected = key.slice(key.lastIndexOf('/') + 1).replace(`${part}.zip`, '.json');
  if (name !== expected) throw new Error(`${key} holds ${name}, expected ${expected}`);
  const content = 30 + nameLength + view.readUInt16LE(28);
  // zlib stops at the end of the stream and ignores the descriptor and directory after it.
  if (view.readUInt16LE(8) === 8) return inflateRawSync(view.subarray(content));
  const entry = unzipSync(body)[name];
  if (!entry) throw new Error(`${key} has no readable entry`);
  return entry;
}
