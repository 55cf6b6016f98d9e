import { createCipheriv, createHash } from 'node:crypto';
import type { NewObject, UploadWatch } from '../../lambdas/buckets/bucket.ts';

/** The length of a body that has several parts with every driver as the suite opens it. */
export const manyParts = 18 * 1024 * 1024 + 12_345;

export const metadata = { windowstart: '2026-11-22T14:30:00Z', part: '1', writer: 'siem-export 0.1.0' };

/** A watch with this signal; steps do nothing by default. */
export function watchedBy(
  signal: AbortSignal,
  step: UploadWatch['step'] = async () => undefined,
): UploadWatch {
  return { signal, step };
}

/** A watch that never aborts and whose steps do nothing. */
export const unwatched = watchedBy(new AbortController().signal);

/** The object to create. */
export function object(key: string, body: Buffer): NewObject {
  return { key, body: inOddChunks(body), contentType: 'application/zip', metadata };
}

/** Incompressible bytes, the same in every run. */
export function noise(length: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length));
}

async function* inOddChunks(body: Buffer): AsyncGenerator<Uint8Array> {
  const sizes = [1, 65_537, 0, 1_000_003, 7, 262_145, 3_333_333];
  let from = 0;
  for (let i = 0; from < body.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield body.subarray(from, from + size);
    from += size;
  }
}

/** Yields the body, and calls back before the chunk that contains this byte. */
export async function* interrupted(
  body: Buffer,
  atByte: number,
  interrupt: () => void,
): AsyncGenerator<Uint8Array> {
  const size = 3_001;
  for (let from = 0; from < body.length; from += size) {
    if (from <= atByte && atByte < from + size) interrupt();
    yield body.subarray(from, from + size);
  }
}

export function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
