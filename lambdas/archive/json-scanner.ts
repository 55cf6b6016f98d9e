/** Thrown at the first byte that the scanner does not expect; the JSON may be valid all the same. */
export class UnfamiliarJsonError extends Error {
  override readonly name = 'UnfamiliarJsonError';
}

/** The bytes of JSON's punctuation. */
export const ascii = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  openMap: 0x7b,
  closeMap: 0x7d,
} as const;

/** 1 for each byte that stands for itself in a text, 0 for those that need a look. */
const ordinary = new Uint8Array(256).fill(1, 0x20);
// C2 begins U+0080 to U+009F, and E2 the two separators U+2028 and U+2029.
for (const byte of [ascii.quote, ascii.backslash, 0x7f, 0xc2, 0xe2]) ordinary[byte] = 0;

/** Escapes that JSON.stringify writes too, so that they can be copied: \" \\ \b \f \n \r \t */
const sameWhenWritten = new Set([...'"\\bfnrt'].map(character => character.charCodeAt(0)));

/**
 * Walks over the bytes of JSON without white space, as machines write it, and makes no objects.
 * The bytes must be valid UTF-8.
 */
export class JsonScanner {
  readonly body: Buffer;
  /** The next byte to be read. */
  at = 0;
  /** Where the text read last begins and ends, without its quotes. */
  start = 0;
  end = 0;
  /** Whether that text has escapes. */
  escaped = false;
  /** Whether that text, read and written again by `toJson`, might have other bytes. */
  foreign = false;

  constructor(body: Uint8Array) {
    this.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }

  /** The next byte; -1 at the end. */
  get next(): number {
    return this.body[this.at] ?? -1;
  }

  /** Steps over a byte if it is the next one. */
  skips(byte: number): boolean {
    if (this.body[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  expect(byte: number): void {
    if (!this.skips(byte)) throw new UnfamiliarJsonError();
  }

  /** Reads a text, quotes included; `start`, `end`, `escaped` and `foreign` tell about it. */
  readText(): void {
    this.expect(ascii.quote);
    const { body } = this;
    let at = this.at;
    this.start = at;
    this.escaped = false;
    this.foreign = false;
    for (;;) {
      at = endOfOrdinary(body, at);
      const byte = body[at];
      if (byte === ascii.quote) break;
      if (byte === ascii.backslash) at = this.#stepOverEscape(at);
      else if (byte === 0xc2 || byte === 0xe2 || byte === 0x7f) {
        this.foreign ||= isAlsoEscaped(body, at);
        at++;
      } else throw new UnfamiliarJsonError();
    }
    this.end = at;
    this.at = at + 1;
  }

  /** Reads any value into objects. */
  readValue(): unknown {
    const from = this.at;
    if (this.next === ascii.quote) this.readText();
    else if (this.next === ascii.openMap || this.next === ascii.openList) this.#stepOverNested();
    else while (!endsScalar(this.next)) this.at++;
    return JSON.parse(this.body.toString('utf8', from, this.at));
  }

  /** A text between two offsets, without its quotes, as a string. */
  decode(start: number, end: number): string {
    return JSON.parse(this.body.toString('utf8', start - 1, end + 1));
  }

  /** Whether the bytes stand at an offset. */
  holds(bytes: Buffer, offset: number): boolean {
    const { body } = this;
    for (let index = 0; index < bytes.length; index++)
      if (bytes[index] !== body[offset + index]) return false;
    return true;
  }

  #stepOverEscape(at: number): number {
    const { body } = this;
    const letter = body[at + 1] ?? -1;
    this.escaped = true;
    if (sameWhenWritten.has(letter)) return at + 2;
    this.foreign = true;
    // The text may never be decoded, so that a wrong escape has to be noticed here.
    if (letter === 0x2f) return at + 2;
    if (letter === 0x75 && /^[0-9a-f]{4}$/i.test(body.toString('latin1', at + 2, at + 6))) return at + 6;
    throw new UnfamiliarJsonError();
  }

  #stepOverNested(): void {
    let depth = 0;
    do {
      const byte = this.next;
      if (byte === ascii.quote) {
        this.readText();
        continue;
      }
      if (byte === -1) throw new UnfamiliarJsonError();
      if (byte === ascii.openMap || byte === ascii.openList) depth++;
      if (byte === ascii.closeMap || byte === ascii.closeList) depth--;
      this.at++;
    } while (depth > 0);
  }
}

function isAlsoEscaped(body: Buffer, at: number): boolean {
  const second = body[at + 1] ?? 0;
  if (body[at] === 0x7f) return true;
  if (body[at] === 0xc2) return second < 0xa0;
  return second === 0x80 && (body[at + 2] === 0xa8 || body[at + 2] === 0xa9);
}

function endsScalar(byte: number): boolean {
  return byte === ascii.comma || byte === ascii.closeMap || byte === ascii.closeList || byte === -1;
}

function endOfOrdinary(body: Buffer, from: number): number {
  let at = from;
  while (ordinary[body[at] as number] === 1) at++;
  return at;
}
