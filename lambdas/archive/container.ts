import type { Instant } from '../domain/instant.ts';

/** A file format around a raw deflate stream. */
export type Container = (deflated: AsyncIterable<Uint8Array>, entry: Entry) => AsyncIterable<Uint8Array>;

/** The one file inside an archive. */
interface Entry {
  readonly name: string;
  readonly modifiedAt: Instant;
  /** Grows while the deflate stream is read, and is complete when that ends. */
  readonly content: Content;
}

/** What a container has to know about the data before it is deflated. */
export interface Content {
  readonly bytes: number;
  readonly crc32: number;
}
