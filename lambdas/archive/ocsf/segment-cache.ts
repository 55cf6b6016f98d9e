/** Values longer than this are rare and hardly repeat; keeping them could fill the memory. */
const longestKey = 256;
const mostEntries = 10_000;

/** Keeps what was made from the values of a column, because an audit log repeats them. */
export class SegmentCache<Segments> {
  readonly #make: (json: string) => Segments;
  readonly #made = new Map<string, Segments>();

  /** @param make gets the JSON of a value */
  constructor(make: (json: string) => Segments) {
    this.#make = make;
  }

  /** The segments of the value whose JSON is between two offsets. */
  of(lines: Buffer, start: number, end: number): Segments {
    if (end - start > longestKey) return this.#make(lines.toString('utf8', start, end));
    // Only the bytes count for the key, and Latin-1 is the fastest text of bytes.
    const key = lines.toString('latin1', start, end);
    return this.#made.get(key) ?? this.#add(key, lines.toString('utf8', start, end));
  }

  #add(key: string, json: string): Segments {
    if (this.#made.size >= mostEntries) this.#made.clear();
    const made = this.#make(json);
    this.#made.set(key, made);
    return made;
  }
}
