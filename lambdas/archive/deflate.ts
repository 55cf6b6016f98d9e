import { constants, createDeflateRaw, deflateRawSync } from 'node:zlib';
import { blocksOf } from './blocks.ts';

/** How zlib is to look for repetitions. */
interface Effort {
  /** 0 to 9, as zlib counts. */
  readonly level: number;
  /** One of zlib's `Z_…` strategies. */
  readonly strategy: number;
}

/** How to deflate one block of a longer stream. */
interface BlockOptions extends Effort {
  /** The data just before the block, at most 32 KB: what the block may refer back to. */
  readonly dictionary: Uint8Array;
  /** Whether the block ends the stream. */
  readonly last: boolean;
}

/**
 * Deflates one block so that the results, one after the other, are a single raw stream. The block and its dictionary
 * are not touched again before the promise is settled.
 */
export type DeflateBlock = (block: Uint8Array, options: BlockOptions) => Promise<Uint8Array>;

/** Blocks that are deflated at once: two busy cores, and blocks ready for whichever is free. */
const blocksInFlight = 4;
const smallestWindowBits = 9;
const largestWindowBits = 15;
/** zlib refers back no further than to so many bytes after the start of its window (MIN_LOOKAHEAD). */
const unreachable = 262;

/**
 * The bytes as one raw deflate stream, in the way of pigz: blocks of 1 MB are deflated side by side, each with the end
 * of the block before as its dictionary, and each but the last ends on a byte boundary.
 *
 * The result depends on the bytes and the level only, not on the chunks in which they come nor on `deflateBlock`.
 * Memory is bounded by the blocks in flight. When the consumer stops or the source throws, the blocks in flight are
 * waited for, so that nothing is left running.
 */
export async function* deflate(
  source: AsyncIterable<Uint8Array>,
  { level, deflateBlock = deflateOnThreadPool }: { level: number; deflateBlock?: DeflateBlock },
): AsyncGenerator<Uint8Array> {
  const inFlight: Promise<PromiseSettledResult<Uint8Array>>[] = [];
  const buffers: Buffer[] = [];
  let number = 0;
  try {
    for await (const { block, dictionary, last } of blocksOf(source, blocksInFlight, buffers)) {
      inFlight.push(settled(deflateBlock(block, { ...effortFor(number++, level), dictionary, last })));
      if (inFlight.length === blocksInFlight) yield await oldestOf(inFlight);
    }
    while (inFlight.length > 0) yield await oldestOf(inFlight);
  } finally {
    await Promise.all(inFlight);
    for (const { buffer } of buffers) free(buffer);
  }
}

/** The one level that is not zlib's own. */
const mixedLevel = 4;
/** Of so many blocks the first is deflated thoroughly. */
const thoroughEvery = 5;

/**
 * The levels are zlib's, but for 4: it deflates most blocks fast and some thoroughly, which together makes a file as small
 * as zlib's own 4 in four fifths of its time. Level 3 is zlib's last that takes the first repetition it finds, and
 * `Z_FILTERED` leaves out repetitions so short that they cost as much, as identifiers are full of.
 */
function effortFor(number: number, level: number): Effort {
  if (level !== mixedLevel) return { level, strategy: constants.Z_DEFAULT_STRATEGY };
  return number % thoroughEvery === 0
    ? { level: 5, strategy: constants.Z_FILTERED }
    : { level: 3, strategy: constants.Z_DEFAULT_STRATEGY };
}

/** A promise that never rejects, since nobody may be waiting when a block fails. */
async function settled(deflated: Promise<Uint8Array>): Promise<PromiseSettledResult<Uint8Array>> {
  const [result] = await Promise.allSettled([deflated]);
  return result;
}

async function oldestOf(inFlight: Promise<PromiseSettledResult<Uint8Array>>[]): Promise<Uint8Array> {
  const result = await inFlight.shift();
  if (result?.status !== 'fulfilled') throw result?.reason;
  return result.value;
}

/**
 * Deflates on libuv's threads.
 *
 * Node keeps a stream of zlib, and with it the memory for its output, until the next full collection, which such memory
 * brings on before long. It is freed here as soon as the stream has ended: an export takes a tenth less time so.
 */
export const deflateOnThreadPool: DeflateBlock = async (block, options) => {
  const stream = createDeflateRaw(zlibOptions(block, options));
  stream.end(block);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const deflated = Buffer.concat(chunks);
  for (const { buffer } of chunks) free(buffer);
  return deflated;
};

function free(memory: ArrayBufferLike): void {
  // Others have a share in memory that is no larger: Node cuts small buffers from it.
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize) memory.transfer(0);
}

/** Deflates at once on the calling thread, to the same bytes; for whoever needs a fixed order of events. */
export const deflateSynchronously: DeflateBlock = async (block, options) =>
  deflateRawSync(block, zlibOptions(block, options));

function zlibOptions(block: Uint8Array, { level, strategy, dictionary, last }: BlockOptions) {
  return {
    level,
    strategy,
    memLevel: 9,
    windowBits: windowBits(block.length + dictionary.length),
    // zlib refuses an empty dictionary.
    ...(dictionary.length > 0 ? { dictionary } : {}),
    finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    // Mostly one trip to the thread pool a block, without much memory to spare: an audit log deflates to a fifth.
    chunkSize: Math.max(1024, block.length >>> 2),
  };
}

/** The smallest window that reaches over all of the data: zlib prepares its memory for the whole window each time. */
function windowBits(length: number): number {
  return Math.min(
    Math.max(Math.ceil(Math.log2(length + unreachable)), smallestWindowBits),
    largestWindowBits,
  );
}
