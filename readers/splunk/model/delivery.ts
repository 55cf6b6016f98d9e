import { gunzipSync } from 'node:zlib';
import JSZip from 'jszip';
import type { StoredObject } from '../../model.ts';

/** How many bytes of a file the add-on for Google Cloud decodes at once. */
export const googlePiece = 2 ** 20 + 1;

type Unpack = (object: StoredObject) => Promise<string>;

const texts = new WeakMap<StoredObject, Map<Unpack, Promise<string>>>();

/** Unpacks an object once for all the kits of a test. */
export function unpacked(object: StoredObject, unpack: Unpack): Promise<string> {
  const known = texts.get(object) ?? new Map<Unpack, Promise<string>>();
  texts.set(object, known);
  const text = known.get(unpack) ?? unpack(object);
  known.set(unpack, text);
  return text;
}

/** The decoder CustomLogs of the add-on for AWS, which chooses by the suffix of the key. */
export async function byCustomLogs({ key, body }: StoredObject): Promise<string> {
  if (key.endsWith('.gz')) return utf8(gunzipSync(body));
  if (!key.endsWith('.zip')) return utf8(body);
  const zip = await JSZip.loadAsync(body);
  const entries = await Promise.all(Object.values(zip.files).map(entry => entry.async('nodebuffer')));
  return entries.map(utf8).join('');
}

/** The add-on for Google Cloud unpacks nothing and decodes each piece alone. A piece that it cannot decode ends the file. */
export async function byGooglePieces({ body }: StoredObject): Promise<string> {
  let text = '';
  for (let start = 0; start < body.length; start += googlePiece) {
    try {
      text += new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(start, start + googlePiece));
    } catch (error) {
      if (error instanceof TypeError) return text;
      throw error;
    }
  }
  return text;
}

export async function byGzip({ body }: StoredObject): Promise<string> {
  return utf8(gunzipSync(body));
}

export async function asPlain({ body }: StoredObject): Promise<string> {
  return utf8(body);
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
