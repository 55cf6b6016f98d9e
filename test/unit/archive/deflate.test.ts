import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  type DeflateBlock,
  deflate,
  deflateOnThreadPool,
  deflateSynchronously,
} from '../../../lambdas/archive/deflate.ts';
import { bytesOf, inChunks, sampleLines } from './reading.ts';

const mebibyte = 1024 * 1024;

test.each([0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 2 * mebibyte, 5_000_000])(
  '%i bytes come back as they were',
  async length => {
    const content = sampleLines(length).subarray(0, length);
    const deflated = await bytesOf(deflate(inChunks(content, [70_000]), { level: 6 }));
    expect(inflateRawSync(deflated).equals(content)).toBe(true);
  },
);

test('the result depends neither on the chunks nor on the thread', async () => {
  const content = sampleLines(3_300_000);
  const [whole, ...others] = await Promise.all(
    [
      deflate(inChunks(content, [content.length]), { level: 6 }),
      deflate(inChunks(content, [1, 999, 2_000_000]), { level: 6 }),
      deflate(inChunks(content, [65_536]), { level: 6, deflateBlock: deflateSynchronously }),
    ].map(bytesOf),
  );
  for (const other of others) expect(whole?.equals(other)).toBe(true);
});

test('blocks side by side cost next to nothing in size', async () => {
  const content = sampleLines(4_000_000);
  const parallel = await bytesOf(deflate(inChunks(content, [content.length]), { level: 6 }));
  const whole = deflateRawSync(content, { level: 6, memLevel: 9 });
  expect(parallel.length).toBeLessThan(whole.length * 1.005);
});

test('level 4, most blocks fast and some thoroughly, comes back as it was and is about as small as zlib’s own', async () => {
  const content = sampleLines(11_000_000);
  const efforts: string[] = [];
  const deflateBlock: DeflateBlock = (block, options) => {
    efforts.push(`${options.level} ${options.strategy}`);
    return deflateOnThreadPool(block, options);
  };
  const deflated = await bytesOf(deflate(inChunks(content, [content.length]), { level: 4, deflateBlock }));
  expect(inflateRawSync(deflated).equals(content)).toBe(true);
  const fast = `3 ${constants.Z_DEFAULT_STRATEGY}`;
  const thorough = `5 ${constants.Z_FILTERED}`;
  const five = [thorough, fast, fast, fast, fast];
  expect(efforts).toEqual([...five, ...five, thorough]);
  expect(deflated.length).toBeLessThan(deflateRawSync(content, { level: 4, memLevel: 9 }).length * 1.02);
});

test('of small content, the end may refer back to the very start', async () => {
  const start = randomBytes(200);
  const content = Buffer.concat([start, randomBytes(1000 - 2 * start.length), start]);
  const deflated = await bytesOf(deflate(inChunks(content, [content.length]), { level: 6 }));
  expect(deflated.length).toBeLessThan(content.length - start.length / 2);
});

/** Deflates, and counts the blocks in progress. */
const counting = (failAt?: number) => {
  const counts = { started: 0, running: 0, most: 0 };
  const deflateBlock: DeflateBlock = async (block, options) => {
    counts.started++;
    counts.running++;
    counts.most = Math.max(counts.most, counts.running);
    try {
      if (counts.started === failAt) throw new Error('no memory');
      return await deflateOnThreadPool(block, options);
    } finally {
      counts.running--;
    }
  };
  return { counts, deflateBlock };
};

async function* endless() {
  for (let seed = 1; ; seed++) yield sampleLines(mebibyte, seed);
}

test('no more than four blocks are worked on at once', async () => {
  const { counts, deflateBlock } = counting();
  await bytesOf(deflate(inChunks(sampleLines(9 * mebibyte), [mebibyte]), { level: 1, deflateBlock }));
  expect(counts.most).toBe(4);
});

test('when the consumer stops, no block is left running', async () => {
  const { counts, deflateBlock } = counting();
  for await (const chunk of deflate(endless(), { level: 6, deflateBlock })) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(counts.running).toBe(0);
  expect(counts.started).toBeLessThanOrEqual(4);
});

test('when the source throws, its error comes out and no block is left running', async () => {
  const { counts, deflateBlock } = counting();
  const fault = new Error('the table is gone');
  const source = (async function* () {
    yield sampleLines(2.5 * mebibyte);
    throw fault;
  })();
  await expect(bytesOf(deflate(source, { level: 6, deflateBlock }))).rejects.toBe(fault);
  expect(counts).toMatchObject({ started: 2, running: 0 });
});

test('when a block fails, that error comes out and the source is ended', async () => {
  for (const failAt of [1, 2, 3]) {
    const { counts, deflateBlock } = counting(failAt);
    await expect(bytesOf(deflate(endless(), { level: 6, deflateBlock }))).rejects.toThrow('no memory');
    expect(counts.running).toBe(0);
  }
});
