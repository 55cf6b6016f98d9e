import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Borrowed } from '../domain/borrowed.ts';
import type { Compression, Format } from '../domain/format.ts';
import type { Instant } from '../domain/instant.ts';
import { asciiOnly } from './ascii.ts';
import type { Container, Content } from './container.ts';
import { type DeflateBlock, deflate } from './deflate.ts';
import { gzip } from './gzip.ts';
import { jsonArray } from './json-array.ts';
import { zip } from './zip.ts';

export interface ArchiveOptions {
  /** JSON lines, each ending in a line feed. A chunk may end anywhere. */
  readonly lines: AsyncIterable<Borrowed>;
  readonly format: Format;
  readonly compression: Compression;
  /** The name of the file inside a zip; unused without one. */
  readonly entryName: string;
  /**
   * Written into the archive in UTC. A fixed time makes the same rows give the same bytes on any machine at any time.
   */
  readonly modifiedAt: Instant;
  /** zlib's scale: 1 (fast) to 9 (small). */
  readonly level: number;
  readonly deflateBlock: DeflateBlock;
}

export interface Archive {
  /** The archive's bytes; can be read only once. An error of `lines` is thrown here unchanged. */
  readonly body: AsyncIterable<Uint8Array>;
  /** @throws Error if `body` has not been read to its end */
  figures(): ArchiveFigures;
}

interface ArchiveFigures {
  readonly bytes: number;
  /** The hash of the archive's bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly uncompressedBytes: number;
}

const containers: Record<Exclude<Compression, 'none'>, Container> = { zip, gzip };
const smallestChunk = 64 * 1024;

/**
 * Packs JSON lines into one file. The same lines and options always give the same bytes. `lines` is read only while the
 * body is read, and memory does not grow with the length. A consumer may stop at any point.
 */
export function createArchive({
  lines,
  format,
  compression,
  entryName,
  modifiedAt,
  level,
  deflateBlock,
}: ArchiveOptions): Archive {
  let figures: ArchiveFigures | undefined;
  return {
    body: pack(),
    figures() {
      if (figures === undefined) throw new Error('The archive has not been read to its end');
      return figures;
    },
  };

  async function* pack(): AsyncGenerator<Uint8Array> {
    const content = { bytes: 0, crc32: 0 };
    const records = format === 'json' ? jsonArray(lines) : lines;
    const text = measured(compression === 'none' ? asciiOnly(records) : records, content);
    const entry = { name: entryName, modifiedAt, content };
    const packed =
      compression === 'none' ? text : containers[compression](deflate(text, { level, deflateBlock }), entry);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of inLargeChunks(packed)) {
      bytes += chunk.length;
      hash.update(chunk);
      yield chunk;
    }
    figures = { bytes, sha256: hash.digest('hex'), uncompressedBytes: content.bytes };
  }
}

async function* measured(
  source: AsyncIterable<Uint8Array>,
  content: { -readonly [Key in keyof Content]: Content[Key] },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    content.bytes += chunk.length;
    content.crc32 = crc32(chunk, content.crc32);
    yield chunk;
  }
}

/** The same bytes in chunks of at least 64 KB; the last may be smaller. */
async function* inLargeChunks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const chunk of source) {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes < smallestChunk) continue;
    yield joined(waiting);
    waiting = [];
    waitingBytes = 0;
  }
  if (waitingBytes > 0) yield joined(waiting);
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}
