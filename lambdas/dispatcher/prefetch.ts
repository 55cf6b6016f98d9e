/**
 * What several sources yield, one source after the other, while the `ahead` next ones are read already: an empty
 * source costs no waiting, and of a long one the next item is on its way while the last is worked on.
 *
 * @throws whatever a source throws, in its turn; the sources that were begun are ended then
 */
export async function* prefetch<Item>(
  sources: readonly AsyncIterable<Item>[],
  ahead: number,
): AsyncGenerator<Item> {
  const reading = sources.slice(0, ahead).map(beginReading);
  let next = reading.length;
  try {
    for (let current = reading[0]; current; current = reading[0]) {
      for (let item = await current.next(); !item.done; item = await current.next()) yield item.value;
      reading.shift();
      const source = sources[next++];
      if (source) reading.push(beginReading(source));
    }
  } finally {
    await Promise.all(reading.map(source => source.end()));
  }
}

/** Asks for each item as soon as the one before it is taken. */
function beginReading<Item>(source: AsyncIterable<Item>) {
  const iterator = source[Symbol.asyncIterator]();
  // Settled, because an item that cannot be read is nobody's error until its turn comes.
  const ask = () => Promise.allSettled([iterator.next()]);
  let asked = ask();
  return {
    async next(): Promise<IteratorResult<Item>> {
      const [answer] = await asked;
      if (answer.status === 'rejected') throw answer.reason;
      if (!answer.value.done) asked = ask();
      return answer.value;
    },
    async end(): Promise<void> {
      await iterator.return?.();
    },
  };
}
