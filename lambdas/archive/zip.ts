import { Zip, type ZipInputFile } from 'fflate';
import { ExportError } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import type { Container } from './container.ts';

/** Sizes of this many bytes and more need ZIP64, which fflate does not write: the file would be silently corrupt. */
const zipLimit = 0xffffffff;
/** More than the headers before the central directory can take, whose offset has the same limit. */
const headersAtMost = 128 * 1024;
const deflateMethod = 8;
const nothing = new Uint8Array(0);

/** Where a header holds the time of modification. */
const timeInLocalHeader = 10;
const timeInCentralDirectory = 12;

/**
 * A zip with one entry, for which fflate writes the headers and the central directory.
 *
 * @throws ExportError `internal` if the entry has 4 GiB or more
 */
export const zip: Container = async function* (deflated, { name, modifiedAt, content }) {
  let written: Uint8Array[] = [];
  const container = new Zip((error, chunk) => {
    if (error) throw error;
    if (chunk.length > 0) written.push(chunk);
  });
  // fflate notes the local time of this date, which depends on the process; the true one is set afterwards.
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

/** The chunks with the time of modification set in the first. */
function withTime(chunks: Uint8Array[], offset: number, instant: Instant): Uint8Array[] {
  const [header] = chunks;
  if (header === undefined) throw new ExportError('internal', 'fflate wrote no header');
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  view.setUint32(offset, msDosTime(instant), true);
  return chunks;
}

/** MS-DOS's time, with its date in the upper half: two seconds precise, years 1980 to 2107, UTC here. */
export function msDosTime(instant: Instant): number {
  const earliest = Date.UTC(1980, 0, 1);
  const latest = Date.UTC(2107, 11, 31, 23, 59, 58);
  const at = new Date(Math.min(Math.max(instant, earliest), latest));
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >>> 1);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return date * 0x10000 + time;
}
