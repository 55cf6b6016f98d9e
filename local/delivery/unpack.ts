import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { Compression, Format } from '../../lambdas/domain/format.ts';
import { recordOfEvent } from './ocsf-record.ts';

/**
 * The records in a delivered file, each as JSON without spaces.
 * @throws Error if it is not one complete file of that format
 */
export function unpackRecords(body: Buffer, format: Format, compression: Compression): string[] {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(unpackers[compression](body));
  if (format === 'json') {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) throw new TypeError('expected a JSON array');
    return list.map(record => JSON.stringify(record));
  }
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new TypeError('the last line does not end in a line feed');
  const lines = text.slice(0, -1).split('\n');
  return lines.map(line => (format === 'ocsf' ? recordOfEvent(line) : JSON.stringify(JSON.parse(line))));
}

const unpackers: Record<Compression, (body: Buffer) => Uint8Array> = {
  zip: onlyEntry,
  gzip: gunzipSync,
  none: onlyAscii,
};

function onlyEntry(body: Buffer): Uint8Array {
  const [entry, ...others] = Object.values(unzipSync(body));
  if (entry === undefined || others.length > 0) throw new TypeError('expected one file in the zip');
  return entry;
}

function onlyAscii(body: Buffer): Uint8Array {
  if (body.some(byte => byte > 0x7f)) throw new TypeError('expected only ASCII characters');
  return body;
}
