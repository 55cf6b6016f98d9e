const lineFeed = 0x0a;
const comma = 0x2c;
const openList = Buffer.from('[\n');
const closeList = Buffer.from('\n]\n');
const emptyList = Buffer.from('[]\n');

/**
 * JSON lines as one JSON array, a record a line: `[`, the records with a comma after each but the last, `]`.
 *
 * Works on the bytes, in whatever chunks: JSON never holds a line feed inside a record. The chunks given out are new;
 * those taken in are not used after the next one is asked for.
 */
export async function* jsonArray(lines: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // The line feed after a record is held back until it is known whether another record follows.
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

/** The chunk without a line feed at its very end, with a comma before each other one, and after one held back. */
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
