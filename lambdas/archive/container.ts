import type { Instant } from '../domain/instant.ts';

/** Writes a file format (zip or gzip) around a raw deflate stream. */
export type Container = (deflated: AsyncIterable<Uint8Array>, entry: Entry) => AsyncIterable<Uint8Array>;

/** The one file inside an archive. */
interface Entry {
  readonly name: string;
  readonly modifiedAt: Instant;
  /** Grows while the deflate stream is read; complete only when the stream has ended. */
  readonly content: Content;
}

/** Length and checksum of the uncompressed data, which every container writes at its end. */
export interface Content {
  readonly bytes: number;
  readonly crc32: number;
}
