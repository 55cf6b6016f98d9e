import { gunzipSync, inflateRawSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { recordOfEvent } from '../../../local/delivery/ocsf-record.ts';
import type { StoredObject } from '../services/cloud.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The records of a delivered object in any format, each as its line of `ndjson`. */
export function readLines(object: StoredObject): readonly string[] {
  const { key } = object;
  const text = decoder.decode(unpacked(object));
  if (text.startsWith('[')) return (JSON.parse(text) as unknown[]).map(member => JSON.stringify(member));
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Error(`${key} does not end with a line feed`);
  const lines = text.slice(0, -1).split('\n');
  return lines.map(line => (line.startsWith('{"Date":') ? line : recordOfEvent(line)));
}

function unpacked({ key, body }: StoredObject): Uint8Array {
  if (key.endsWith('.gz')) return gunzipSync(body);
  if (key.endsWith('.zip')) return unzip(key, body);
  if (body.some(byte => byte > 0x7f)) throw new Error(`${key} is not ASCII`);
  return body;
}

/** Uses the local header if it contains the sizes, else fflate. */
function unzip(key: string, body: Uint8Array): Uint8Array {
  const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const nameLength = view.readUInt16LE(26);
  const name = view.toString('utf8', 30, 30 + nameLength);
  const expected = key.slice(key.lastIndexOf('/') + 1).replace('.zip', '.json');
  if (name !== expected) throw new Error(`${key} holds ${name}, expected ${expected}`);
  const content = 30 + nameLength + view.readUInt16LE(28);
  // zlib stops at the end of the stream and ignores the descriptor and directory after it.
  if (view.readUInt16LE(8) === 8) return inflateRawSync(view.subarray(content));
  const entry = unzipSync(body)[name];
  if (!entry) throw new Error(`${key} has no readable entry`);
  return entry;
}
