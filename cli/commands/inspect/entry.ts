import { open } from 'node:fs/promises';

/** The one file in a zip or gzip: where its content is, and what the headers say about it. */
export interface Entry {
  /** Name of the file inside; a gzip has none. */
  readonly name: string | undefined;
  readonly crc32: number;
  readonly size: number;
  /** The modification time in the container’s own encoding. */
  readonly modifiedAt: number;
  /** Offsets of the compressed content: its first byte, and the byte after its last. */
  readonly start: number;
  readonly end: number;
}

/** What is wrong with a delivered file. */
export class FileFault extends Error {
  override readonly name = 'FileFault';
}

/**
 * Reads bytes of a file.
 * @throws FileFault if they are beyond its end
 */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

/** @throws FileFault if the container is not as the exporter writes it */
export async function readEntry(
  path: string,
  read: (at: ReadAt, size: number) => Promise<Entry>,
  kind: string,
): Promise<Entry> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const at: ReadAt = async (position, length) => {
      const cutOff = position < 0 || position + length > size;
      if (cutOff) throw new FileFault(`it is truncated, or not a ${kind}`);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer;
    };
    return await read(at, size);
  } finally {
    await file.close();
  }
}

const endRecordBytes = 22;
const localHeaderBytes = 30;
const centralHeaderBytes = 46;
const descriptorBytes = 16;
const deflateMethod = 8;
/** Flag of a header: checksum and sizes follow after the content, because they were not known before. */
const sizesBehind = 8;

/** The fields of both headers: offset in the local one, offset in the central one, length. */
const common = [
  ['version', 4, 6, 2],
  ['flags', 6, 8, 2],
  ['method', 8, 10, 2],
  ['time', 10, 12, 4],
  ['checksum', 14, 16, 4],
  ['compressed size', 18, 20, 4],
  ['size', 22, 24, 4],
  ['length of the name', 26, 28, 2],
  ['length of the extra fields', 28, 30, 2],
] as const;

/** Fields of the central header that the exporter never sets; anything in them was added by somebody else. */
const unused = [
  ['extra fields', 30, 2],
  ['comment', 32, 2],
  ['disk', 34, 2],
  ['attributes', 36, 6],
  ['offset', 42, 4],
] as const;

/** Version of the zip format (APPNOTE) that made the file and that is needed to read it: 2.0, for deflate. */
const version = 20;

/**
 * Reads the headers and the directory of a zip with one deflated file (APPNOTE 4.3), and compares the fields that
 * both contain.
 */
export async function readZip(read: ReadAt, size: number): Promise<Entry> {
  // The exporter writes no comment, so the end record is at the very end of the file.
  const end = await read(size - endRecordBytes, endRecordBytes);
  if (end.readUInt32LE(0) !== 0x06054b50)
    throw new FileFault('it does not end like a zip: it is truncated or was changed');
  if (end.readUInt16LE(10) !== 1)
    throw new FileFault(`expected one file inside, got ${end.readUInt16LE(10)}`);
  if (end.readUInt32LE(4) !== 0 || end.readUInt16LE(8) !== 1 || end.readUInt16LE(20) !== 0)
    throw new FileFault('its end record names other disks, or has a comment');
  const directory = end.readUInt32LE(16);
  if (directory + end.readUInt32LE(12) !== size - endRecordBytes)
    throw new FileFault('its directory is not where the zip says');
  const central = await read(directory, centralHeaderBytes);
  const local = await read(0, localHeaderBytes);
  if (central.readUInt32LE(0) !== 0x02014b50 || local.readUInt32LE(0) !== 0x04034b50)
    throw new FileFault('its headers are damaged');
  const flags = central.readUInt16LE(8);
  if (central.readUInt16LE(10) !== deflateMethod || (flags & 1) !== 0)
    throw new FileFault('the file inside is encrypted, or not deflated');
  compareHeaders(local, central, (flags & sizesBehind) !== 0);

  const nameBytes = central.readUInt16LE(28);
  const name = await read(directory + centralHeaderBytes, nameBytes);
  if (!name.equals(await read(localHeaderBytes, nameBytes)))
    throw new FileFault('its two headers differ in the name of the file inside');
  const start = localHeaderBytes + nameBytes;
  const entry = {
    name: name.toString('utf8'),
    crc32: central.readUInt32LE(16),
    size: central.readUInt32LE(24),
    modifiedAt: central.readUInt32LE(12),
    start,
    end: start + central.readUInt32LE(20),
  };
  const behind = (flags & sizesBehind) === 0 ? 0 : descriptorBytes;
  if (
    entry.end + behind !== directory ||
    directory + centralHeaderBytes + nameBytes + endRecordBytes !== size
  )
    throw new FileFault('there are bytes between its parts, or a part is missing');
  if (behind > 0) compareDescriptor(await read(entry.end, descriptorBytes), central);
  return entry;
}

function compareHeaders(local: Buffer, central: Buffer, areSizesBehind: boolean): void {
  const differing = common.filter(([what, inLocal, inCentral, length]) => {
    const isBehind = areSizesBehind && /checksum|size/.test(what);
    const expected = isBehind ? 0 : central.readUIntLE(inCentral, length);
    return local.readUIntLE(inLocal, length) !== expected;
  });
  const [first] = differing.map(([what]) => what);
  if (first !== undefined) throw new FileFault(`its two headers differ: ${first}`);
  const used = unused.find(([, at, length]) => central.readUIntLE(at, length) !== 0);
  if (used !== undefined)
    throw new FileFault(`its directory has a field that the exporter never writes: ${used[0]}`);
  if (central.readUInt16LE(4) !== version || central.readUInt16LE(6) !== version)
    throw new FileFault('its headers are of another version of the format');
  if ((central.readUInt16LE(8) & ~sizesBehind) !== 0)
    throw new FileFault('its headers have flags that the exporter never sets');
}

/** The descriptor repeats checksum and sizes, which the central header has from byte 16 on. */
function compareDescriptor(descriptor: Buffer, central: Buffer): void {
  if (descriptor.readUInt32LE(0) !== 0x08074b50 || !descriptor.subarray(4).equals(central.subarray(16, 28)))
    throw new FileFault('the descriptor after the content differs from the directory');
}

const gzipHeaderBytes = 10;
const gzipTrailerBytes = 8;

/** Reads the header and the trailer of a gzip with one member and no name, of operating system “unknown” (RFC 1952). */
export async function readGzip(read: ReadAt, size: number): Promise<Entry> {
  const header = await read(0, gzipHeaderBytes);
  const end = size - gzipTrailerBytes;
  const trailer = await read(Math.max(end, gzipHeaderBytes), gzipTrailerBytes);
  if (header.readUInt16BE(0) !== 0x1f8b || header[2] !== deflateMethod)
    throw new FileFault('it does not begin like a gzip');
  if (header[3] !== 0 || header.readUInt16BE(8) !== 0x00ff)
    throw new FileFault('its header has fields that the exporter never writes');
  return {
    name: undefined,
    crc32: trailer.readUInt32LE(0),
    size: trailer.readUInt32LE(4),
    modifiedAt: header.readUInt32LE(4),
    start: gzipHeaderBytes,
    end,
  };
}
