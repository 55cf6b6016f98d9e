import { constants, createDeflateRaw, deflateRawSync } from 'node:zlib';
import { blocksOf } from './blocks.ts';

/** How hard zlib searches for repetitions. */
interface Effort {
  /** zlib's scale, 0 to 9. */
  readonly level: number;
  /** One of zlib's `Z_…` strategies. */
  readonly strategy: number;
}

/** The options for one block of a longer stream. */
interface BlockOptions extends Effort {
  /** The data just before the block, at most 32 KB, to which the block may refer back. */
  readonly dictionary: Uint8Array;
  /** Whether the block ends the stream. */
  readonly last: boolean;
}

/**
 * Deflates one block. The results of all blocks, concatenated, are a single raw stream. The caller must not change the
 * block or its dictionary before the promise is settled.
 */
export type DeflateBlock = (block: Uint8Array, options: BlockOptions) => Promise<Uint8Array>;

/** How many blocks are deflated at once: enough to keep two processors busy, with further blocks waiting. */
const blocksInFlight = 4;
const smallestWindowBits = 9;
const largestWindowBits = 15;
/** zlib never refers back to this many bytes at the start of its window (`MIN_LOOKAHEAD`). */
const minLookahead = 262;

/**
 * Compresses the bytes into one raw deflate stream with the method of pigz: it deflates blocks of 1 MB in parallel.
 * Each block has the end of the previous one as its dictionary, and each but the last ends on a byte boundary.
 *
 * The result depends only on the bytes and the level, not on the chunks of `source` or on `deflateBlock`. Memory is
 * bounded by the blocks in flight. When the consumer stops or the source throws, it first waits for the blocks in
 * flight: their threads still use the buffers.
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

/** The only level that differs from zlib's. */
const mixedLevel = 4;
/** One block in this many is deflated thoroughly. */
const thoroughEvery = 5;

/**
 * All levels but 4 are zlib's own. Our level 4 deflates most blocks fast and some thoroughly: the file is as small as
 * with zlib's level 4, in four fifths of the time. zlib's level 3 is the highest that takes the first repetition it
 * finds. `Z_FILTERED` skips very short repetitions, which are frequent in identifiers and save nothing.
 */
function effortFor(number: number, level: number): Effort {
  if (level !== mixedLevel) return { level, strategy: constants.Z_DEFAULT_STRATEGY };
  return number % thoroughEvery === 0
    ? { level: 5, strategy: constants.Z_FILTERED }
    : { level: 3, strategy: constants.Z_DEFAULT_STRATEGY };
}

/** Never rejects: if a block failed while nobody awaits it, Node would end the process for an unhandled rejection. */
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
 * Deflates on the threads of libuv's pool.
 *
 * Node would free the output memory of an ended zlib stream only in the next full garbage collection, and this memory
 * triggers full collections often. Freeing it here as soon as the stream has ended makes an export 10% faster.
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
  // Memory of at most `poolSize` may be Node's shared pool for small buffers: freeing it would destroy other buffers.
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize) memory.transfer(0);
}

/** Deflates to the same bytes on the calling thread, for simulations, which need a fixed order of events. */
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
    // An audit log deflates to about a fifth, so a quarter of the block usually needs one call into the thread pool.
    chunkSize: Math.max(1024, block.length >>> 2),
  };
}

/** The smallest window that covers all of the data: zlib initialises the memory of the whole window for every block. */
function windowBits(length: number): number {
  return Math.min(
    Math.max(Math.ceil(Math.log2(length + minLookahead)), smallestWindowBits),
    largestWindowBits,
  );
}
