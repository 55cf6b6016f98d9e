/** Values longer than this are rare and hardly repeat; keeping them could fill the memory. */
const longestKey = 256;
const mostEntries = 10_000;

interface Entry<Segments> {
  readonly key: Buffer;
  readonly made: Segments;
}

/** Keeps what was made from the values of a column, because an audit log repeats them. */
export class SegmentCache<Segments> {
  readonly #make: (json: string) => Segments;
  /** The entries by the hash of their keys. Of two with the same hash, the later replaces the earlier. */
  readonly #entries = new Map<number, Entry<Segments>>();

  /** @param make gets the JSON of a value */
  constructor(make: (json: string) => Segments) {
    this.#make = make;
  }

  /** The segments of the value whose JSON is between two offsets. */
  of(lines: Buffer, start: number, end: number): Segments {
    if (end - start > longestKey) return this.#make(lines.toString('utf8', start, end));
    const hash = hashOf(lines, start, end);
    const entry = this.#entries.get(hash);
    return entry !== undefined && equals(entry.key, lines, start, end)
      ? entry.made
      : this.#add(hash, lines.subarray(start, end));
  }

  #add(hash: number, json: Buffer): Segments {
    if (this.#entries.size >= mostEntries) this.#entries.clear();
    const made = this.#make(json.toString('utf8'));
    this.#entries.set(hash, { key: Buffer.from(json), made });
    return made;
  }
}

/** FNV-1a, shortened to the integers that a `Map` handles fastest. */
function hashOf(lines: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (lines[at] as number), 0x01000193);
  return hash >>> 2;
}

function equals(key: Buffer, lines: Buffer, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let at = 0; at < key.length; at++) if (key[at] !== lines[start + at]) return false;
  return true;
}
