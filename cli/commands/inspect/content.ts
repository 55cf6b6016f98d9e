import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { crc32, createGunzip, createInflateRaw } from 'node:zlib';
import { FileFault, readZipEntry } from './zip-entry.ts';

/**
 * The bytes inside a delivered file, whose checksum is verified once they are read to the end.
 *
 * @param expectedName of the file inside a zip; gzip has none
 * @throws FileFault if the file is empty, or the zip or gzip is damaged
 */
export async function* contentOf(path: string, expectedName: string | undefined): AsyncGenerator<Buffer> {
  if ((await stat(path)).size === 0)
    throw new FileFault('it is empty: even without a record it would have bytes');
  if (!basename(path).endsWith('.zip')) {
    yield* unpacked(path, createReadStream(path).pipe(createGunzip()));
    return;
  }
  const entry = await readZipEntry(path);
  if (expectedName !== undefined && entry.name !== expectedName)
    throw new FileFault(`the file inside is called ${entry.name}, expected ${expectedName}`);
  if (entry.end <= entry.start) throw new FileFault('the file inside has no content');
  let sum = 0;
  let size = 0;
  const deflated = createReadStream(path, { start: entry.start, end: entry.end - 1 });
  for await (const chunk of unpacked(path, deflated.pipe(createInflateRaw()))) {
    sum = crc32(chunk, sum);
    size += chunk.length;
    yield chunk;
  }
  if (size !== entry.size || sum !== entry.crc32)
    throw new FileFault('the content does not match the checksum in the zip');
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
