const lineFeed = 0x0a;
const comma = 0x2c;
const openList = Buffer.from('[\n');
const closeList = Buffer.from('\n]\n');
const emptyList = Buffer.from('[]\n');

/**
 * Turns JSON lines into one JSON array with one record on each line.
 *
 * It only replaces line feeds, because a record of JSON lines never contains one. A chunk may end anywhere. The yielded
 * chunks are new memory; a chunk of `lines` is not used after the next one is requested.
 */
export async function* jsonArray(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // A line feed at the end of a chunk becomes `,\n` or the end of the array, depending on whether a record follows.
  let heldBack = false;
  let empty = true;
  for await (const chunk of lines) {
    if (chunk.length === 0) continue;
    if (empty) yield openList;
    empty = false;
    yield separated(chunk, heldBack);
    heldBack = chunk.at(-1) === lineFeed;
  }
  yield empty ? emptyList : closeList;
}

/**
 * Replaces each line feed by `,\n`. A line feed at the end of the chunk is left out; if the
 * previous chunk's was, `,\n` is written first.
 */
function separated(chunk: Uint8Array, heldBack: boolean): Uint8Array {
  const source = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const end = source.at(-1) === lineFeed ? source.length - 1 : source.length;
  const feeds: number[] = [];
  for (
    let feed = source.indexOf(lineFeed);
    feed !== -1 && feed < end;
    feed = source.indexOf(lineFeed, feed + 1)
  )
    feeds.push(feed);
  const target = Buffer.allocUnsafeSlow(end + feeds.length + (heldBack ? 2 : 0));
  let at = 0;
  if (heldBack) at = separate(target, at);
  let start = 0;
  for (const feed of feeds) {
    at += source.copy(target, at, start, feed);
    at = separate(target, at);
    start = feed + 1;
  }
  source.copy(target, at, start, end);
  return target;
}

function separate(target: Buffer, at: number): number {
  target[at] = comma;
  target[at + 1] = lineFeed;
  return at + 2;
}
