import { Zip, type ZipInputFile } from 'fflate';
import { ExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import type { Container } from './container.ts';

/** From this size on a zip needs ZIP64, which fflate does not write: the file would be corrupt without any error. */
const zipLimit = 0xffffffff;
/**
 * The limit also applies to the offset of the central directory. The headers before it are always smaller than this.
 */
const headersAtMost = 128 * 1024;
const deflateMethod = 8;
const nothing = new Uint8Array(0);

/** The offsets of the time of modification in the two kinds of headers. */
const timeInLocalHeader = 10;
const timeInCentralDirectory = 12;

/**
 * A zip with one entry. fflate writes the headers and the central directory.
 *
 * @throws ExportError `internal` if the entry has 4 GiB or more
 */
export const zip: Container = async function* (deflated, { name, modifiedAt, content }) {
  let written: Uint8Array[] = [];
  const container = new Zip((error, chunk) => {
    if (error) throw error;
    if (chunk.length > 0) written.push(chunk);
  });
  // fflate writes local time, which depends on the machine. `withTime` overwrites this date with the time in UTC.
  const mtime = new Date(2000, 0, 1, 12);
  const entry: ZipInputFile = { filename: name, compression: deflateMethod, size: 0, crc: 0, mtime };
  container.add(entry);

  let bytes = 0;
  yield* withTime(push(nothing, false), timeInLocalHeader, modifiedAt);
  for await (const chunk of deflated) {
    bytes += chunk.length;
    if (content.bytes >= zipLimit || bytes >= zipLimit - headersAtMost) throw tooLarge();
    yield* push(chunk, false);
  }
  entry.size = content.bytes;
  entry.crc = content.crc32;
  yield* push(nothing, true);
  container.end();
  yield* withTime(taken(), timeInCentralDirectory, modifiedAt);

  function push(chunk: Uint8Array, final: boolean): Uint8Array[] {
    entry.ondata?.(null, chunk as Uint8Array<ArrayBuffer>, final);
    return taken();
  }

  function taken(): Uint8Array[] {
    const chunks = written;
    written = [];
    return chunks;
  }
};

function tooLarge(): ExportError {
  return new ExportError(
    'internal',
    'A file of 4 GiB or more does not fit into a zip: make the parts smaller',
  );
}

/** Writes the time of modification into the first chunk, which holds the header. */
function withTime(chunks: Uint8Array[], offset: number, instant: Instant): Uint8Array[] {
  const [header] = chunks;
  if (header === undefined) throw new ExportError('internal', 'fflate wrote no header');
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  view.setUint32(offset, msDosTime(instant), true);
  return chunks;
}

/** MS-DOS time in UTC: date in the upper and time in the lower 16 bits, in steps of two seconds, years 1980 to 2107. */
export function msDosTime(instant: Instant): number {
  const earliest = Date.UTC(1980, 0, 1);
  const latest = Date.UTC(2107, 11, 31, 23, 59, 58);
  const at = new Date(Math.min(Math.max(instant, earliest), latest));
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >>> 1);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return date * 0x10000 + time;
}
