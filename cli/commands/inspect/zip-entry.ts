import { open } from 'node:fs/promises';

/** The one file of a zip: where its content lies, and what the zip says of it. */
export interface ZipEntry {
  readonly name: string;
  readonly crc32: number;
  readonly size: number;
  /** The deflated content's first byte, and the one after its last. */
  readonly start: number;
  readonly end: number;
}

/** What is wrong with a file, in words. */
export class FileFault extends Error {
  override readonly name = 'FileFault';
}

const endRecordBytes = 22;
const localHeaderBytes = 30;
const centralHeaderBytes = 46;
const deflateMethod = 8;

/**
 * Reads the directory of a zip that holds one deflated file and nothing else (APPNOTE 4.3).
 * @throws FileFault naming what is not as it has to be
 */
export async function readZipEntry(path: string): Promise<ZipEntry> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = async (position: number, length: number) => {
      const cutOff = position < 0 || position + length > size;
      if (cutOff) throw new FileFault('it is cut off, or no zip');
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer;
    };
    // Without a comment, which is never written, the end record is the last thing in the file.
    const end = await read(size - endRecordBytes, endRecordBytes);
    if (end.readUInt32LE(0) !== 0x06054b50)
      throw new FileFault('it does not end like a zip: cut off, or changed on the way');
    if (end.readUInt16LE(10) !== 1)
      throw new FileFault(`expected one file inside, got ${end.readUInt16LE(10)}`);
    const directory = end.readUInt32LE(16);
    if (directory + end.readUInt32LE(12) !== size - endRecordBytes)
      throw new FileFault('its directory is not where the zip says');
    const central = await read(directory, centralHeaderBytes);
    const local = await read(0, localHeaderBytes);
    if (central.readUInt32LE(0) !== 0x02014b50 || local.readUInt32LE(0) !== 0x04034b50)
      throw new FileFault('its headers are damaged');
    if (central.readUInt16LE(10) !== deflateMethod || (central.readUInt16LE(8) & 1) !== 0)
      throw new FileFault('the file inside is encrypted, or not deflated');
    const name = await read(directory + centralHeaderBytes, central.readUInt16LE(28));
    const start = localHeaderBytes + local.readUInt16LE(26) + local.readUInt16LE(28);
    return {
      name: name.toString('utf8'),
      crc32: central.readUInt32LE(16),
      size: central.readUInt32LE(24),
      start,
      end: start + central.readUInt32LE(20),
    };
  } finally {
    await file.close();
  }
}
