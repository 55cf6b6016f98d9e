/**
 * Thrown at the first byte that the scanner does not expect. The JSON may still be valid: a full parser must decide.
 */
export class UnfamiliarJsonError extends Error {
  override readonly name = 'UnfamiliarJsonError';
}

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

/** 1 for each byte that can be copied inside a string without a check, 0 for all others. */
const ordinary = new Uint8Array(256).fill(1, 0x20);
// `toJson` escapes U+007F to U+009F, U+2028 and U+2029. In UTF-8 these begin with 7F, C2 or E2.
for (const byte of [ascii.quote, ascii.backslash, 0x7f, 0xc2, 0xe2]) ordinary[byte] = 0;

/** The letters of the escapes that `JSON.stringify` writes too, so that they can be copied: \" \\ \b \f \n \r \t */
const sameWhenWritten = new Set([...'"\\bfnrt'].map(character => character.charCodeAt(0)));

/**
 * Reads JSON without white space directly from its bytes, without creating objects. The bytes must be valid UTF-8.
 */
export class JsonScanner {
  readonly body: Buffer;
  /** The offset of the next byte to be read. */
  at = 0;
  /** Where the string read last begins and ends, without its quotes. */
  start = 0;
  end = 0;
  /** Whether that string has escapes. */
  escaped = false;
  /** Whether `toJson` might write that string with other bytes, so that it must not be copied. */
  foreign = false;

  constructor(body: Uint8Array) {
    this.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  }

  /** The next byte; -1 at the end. */
  get next(): number {
    return this.body[this.at] ?? -1;
  }

  /** Skips the next byte if it is `byte`. */
  skips(byte: number): boolean {
    if (this.body[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  expect(byte: number): void {
    if (!this.skips(byte)) throw new UnfamiliarJsonError();
  }

  /** Reads a string with its quotes, and sets `start`, `end`, `escaped` and `foreign`. */
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

  /** Reads any value and parses it. */
  readValue(): unknown {
    const from = this.at;
    if (this.next === ascii.quote) this.readText();
    else if (this.next === ascii.openMap || this.next === ascii.openList) this.#stepOverNested();
    else while (!endsScalar(this.next)) this.at++;
    return JSON.parse(this.body.toString('utf8', from, this.at));
  }

  /** Parses the string between two offsets, which exclude its quotes. */
  decode(start: number, end: number): string {
    return JSON.parse(this.body.toString('utf8', start - 1, end + 1));
  }

  /** Whether `bytes` are at this offset. */
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
    // An invalid escape must be found here: the string is perhaps never parsed.
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
