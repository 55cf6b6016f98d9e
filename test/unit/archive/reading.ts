import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Joins the chunks of a body. */
export async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Yields the bytes in chunks of the given sizes, repeatedly. Each chunk is overwritten when the next one is
 * requested.
 */
export async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    yield chunk;
    chunk.fill(0);
    at += size;
  }
}

/** Text that compresses like an audit log; the same for the same seed. */
export function sampleLines(bytes: number, seed = 1): Buffer {
  const words = ['login', 'logout', 'invite', 'billing', 'token', 'ünïcode', 'project', 'delete'];
  let state = seed;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const lines: string[] = [];
  for (let length = 0; length < bytes; ) {
    const line = `{"Action":"${words[draw(8)]}","Action ID":"${draw(2 ** 24)}","Description":"${words[draw(8)]} ${words[draw(8)]}"}\n`;
    lines.push(line);
    length += Buffer.byteLength(line);
  }
  return Buffer.from(lines.join(''));
}

/** The output of a program for a file with these bytes; `undefined` if the program is not installed. */
export async function askProgram(
  bytes: Uint8Array,
  program: string,
  argumentsFor: (path: string) => string[],
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  try {
    const path = join(folder, 'archive');
    await writeFile(path, bytes);
    const { stdout } = await promisify(execFile)(program, argumentsFor(path), { maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}
