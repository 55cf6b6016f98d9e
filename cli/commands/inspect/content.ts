import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32, createInflateRaw } from 'node:zlib';
import { gzipTime } from '../../../lambdas/archive/gzip.ts';
import { msDosTime } from '../../../lambdas/archive/zip.ts';
import type { FileName } from '../../../lambdas/domain/object-key.ts';
import { FileFault, readEntry, readGzip, readZip } from './entry.ts';
import { nameInside, packingOf } from './file-name.ts';

/**
 * The content of a delivered file, unpacked. The checksum of a zip or gzip is verified at the end.
 *
 * @param name the file’s name, against which the headers are checked; absent if the file was renamed
 * @throws FileFault if a zip or gzip is empty or damaged
 */
export async function* contentOf(path: string, name: FileName | undefined): AsyncGenerator<Buffer> {
  const packing = packingOf(path);
  if (packing === 'none') yield* createReadStream(path);
  else yield* unpackedContent(path, name, packing === 'zip');
}

async function* unpackedContent(
  path: string,
  name: FileName | undefined,
  isZip: boolean,
): AsyncGenerator<Buffer> {
  if ((await stat(path)).size === 0) throw new FileFault('it is empty: a file without records is not');
  const entry = isZip ? await readEntry(path, readZip, 'zip') : await readEntry(path, readGzip, 'gzip');
  const expectedName = nameInside(name);
  if (expectedName !== undefined && entry.name !== expectedName)
    throw new FileFault(`the file inside is named ${entry.name}, expected ${expectedName}`);
  const timeOf = isZip ? msDosTime : gzipTime;
  if (name !== undefined && entry.modifiedAt !== timeOf(name.windowEnd))
    throw new FileFault('its modification time is not the end of its window');
  if (entry.end <= entry.start) throw new FileFault('the file inside has no content');
  let sum = 0;
  let size = 0;
  const deflated = createReadStream(path, { start: entry.start, end: entry.end - 1 });
  const inflated = deflated.pipe(createInflateRaw());
  for await (const chunk of unpacked(path, inflated)) {
    sum = crc32(chunk, sum);
    size += chunk.length;
    yield chunk;
  }
  if (inflated.bytesWritten !== entry.end - entry.start)
    throw new FileFault('there are bytes after the end of the content');
  // A gzip stores the size modulo 4 GiB.
  if (size % 2 ** 32 !== entry.size || sum !== entry.crc32)
    throw new FileFault(`the content does not match the checksum in the ${isZip ? 'zip' : 'gzip'}`);
}

async function* unpacked(path: string, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* source;
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (code?.startsWith('Z_')) throw new FileFault(`${basename(path)} cannot be unpacked: ${message}`);
    throw thrown;
  }
}
