import { describe, expect, it } from 'vitest';
import { prefetch } from '../../../lambdas/dispatcher/prefetch.ts';

function sources(...contents: (readonly string[])[]) {
  const asked: string[] = [];
  const ended: string[] = [];
  async function* source(items: readonly string[]) {
    try {
      for (const item of items) {
        asked.push(item);
        if (item === 'broken') throw new Error('cannot be read');
        yield item;
      }
    } finally {
      ended.push(`${items[0]}`);
    }
  }
  return { all: contents.map(source), asked, ended };
}

describe('prefetch', () => {
  it('yields what all sources do in their order, empty ones among them', async () => {
    for (const ahead of [1, 2, 10]) {
      const { all } = sources(['a', 'b'], [], ['c'], ['d', 'e', 'f'], []);
      expect(await Array.fromAsync(prefetch(all, ahead))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    }
  });

  it('has asked for the next item and the next sources when it yields one, and for no more', async () => {
    const { all, asked } = sources(['a1', 'a2', 'a3'], ['b1', 'b2'], ['c1']);
    const items = prefetch(all, 2);
    await items.next();
    expect(asked).toEqual(['a1', 'b1', 'a2']);
    await items.return(undefined);
  });

  it('throws what a source throws when its turn comes, and ends the others', async () => {
    const { all, ended } = sources(['a'], ['b1', 'broken'], ['c1', 'c2']);
    const seen: string[] = [];
    const reading = async () => {
      for await (const item of prefetch(all, 3)) seen.push(item);
    };
    await expect(reading()).rejects.toThrow('cannot be read');
    expect(seen).toEqual(['a', 'b1']);
    expect(ended).toEqual(['a', 'b1', 'c1']);
  });
});
