import { crc32, createInflateRaw } from 'node:zlib';

const endOfDirectoryLength = 22;

/**
 * The content of the only file in a zip, found with the central directory.
 *
 * @throws Error if the content does not have the size and the checksum in the directory
 */
export async function* unzipped(zip: Buffer): AsyncGenerator<Uint8Array> {
  const directory = zip.readUInt32LE(zip.length - endOfDirectoryLength + 16);
  const checksum = zip.readUInt32LE(directory + 16);
  const deflatedLength = zip.readUInt32LE(directory + 20);
  const length = zip.readUInt32LE(directory + 24);
  const header = zip.readUInt32LE(directory + 42);
  const data = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);

  let found = 0;
  let bytes = 0;
  const inflated = createInflateRaw({ chunkSize: 1024 * 1024 });
  inflated.end(zip.subarray(data, data + deflatedLength));
  for await (const chunk of inflated) {
    found = crc32(chunk, found);
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== length || found !== checksum)
    throw new Error('The content of the zip does not match its central directory');
}
