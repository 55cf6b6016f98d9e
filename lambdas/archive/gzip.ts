import type { Instant } from '../domain/instant.ts';
import type { Container } from './container.ts';

/** RFC 1952: one member, without a file name. The length field is modulo 4 GiB, so the content may be larger. */
export const gzip: Container = async function* (deflated, { modifiedAt, content }) {
  yield header(modifiedAt);
  yield* deflated;
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(content.crc32, 0);
  trailer.writeUInt32LE(content.bytes % 2 ** 32, 4);
  yield trailer;
};

function header(modifiedAt: number): Buffer {
  const magic = [0x1f, 0x8b];
  const deflateMethod = 8;
  const unknownSystem = 255;
  const bytes = Buffer.from([...magic, deflateMethod, 0, 0, 0, 0, 0, 0, unknownSystem]);
  bytes.writeUInt32LE(gzipTime(modifiedAt), 4);
  return bytes;
}

/** In seconds since 1970; 0 means unknown (RFC 1952). */
export function gzipTime(instant: Instant): number {
  const seconds = Math.floor(instant / 1000);
  return seconds > 0 && seconds < 2 ** 32 ? seconds : 0;
}
