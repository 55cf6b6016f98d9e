/**
 * Yields the items of several sources, one source after the other. It requests the first item of the next `ahead`
 * sources in advance, and the next item of a source while the consumer works on the previous one.
 *
 * @throws the error of a source when it is that source's turn; all started sources are then closed
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

/** Requests each item as soon as the previous one is taken. */
function beginReading<Item>(source: AsyncIterable<Item>) {
  const iterator = source[Symbol.asyncIterator]();
  // `allSettled`, because an error is thrown only when the source's turn comes; before that, nobody would handle it.
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
