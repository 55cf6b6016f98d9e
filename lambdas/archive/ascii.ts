import type { Borrowed } from '../domain/borrowed.ts';

const escapeLength = 6;
/** The bits of four bytes that only bytes outside ASCII have. */
const foreignBits = 0x80808080;
const digits = Buffer.from('0123456789abcdef');

/**
 * The same JSON with only ASCII characters: every other one as `\uXXXX`, two of them for a character beyond U+FFFF. In JSON
 * such characters are only inside strings, where each UTF-16 code unit can be escaped alone.
 *
 * A chunk may end anywhere, also inside a character. The yielded chunks are new memory.
 *
 * @param json well-formed UTF-8
 */
export async function* asciiOnly(json: AsyncIterable<Borrowed>): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array(0);
  for await (const chunk of json) {
    const text = new Uint8Array(rest.length + chunk.length);
    text.set(rest);
    text.set(chunk, rest.length);
    const end = endOfCharacters(text);
    rest = text.slice(end);
    if (end > 0) yield escaped(text, end);
  }
}

/** The offset behind the last whole character. */
function endOfCharacters(text: Uint8Array): number {
  // A character has at most four bytes, so its first byte is among the last four.
  for (let at = text.length - 1; at >= Math.max(0, text.length - 4); at--) {
    const byte = text[at] as number;
    if (byte < 0x80) return text.length;
    if (byte >= 0xc0) return at + lengthFrom(byte) > text.length ? at : text.length;
  }
  return text.length;
}

/** The number of bytes of a character, by its first byte. */
function lengthFrom(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

function escaped(text: Uint8Array, end: number): Uint8Array {
  const target = new Uint8Array(end + growthOf(text, end));
  if (target.length === end) {
    target.set(text.subarray(0, end));
    return target;
  }
  let written = 0;
  let copied = 0;
  for (let at = nextForeign(text, 0, end); at < end; at = nextForeign(text, at, end)) {
    target.set(text.subarray(copied, at), written);
    written += at - copied;
    const length = lengthFrom(text[at] as number);
    written = writeEscapes(target, written, codePointAt(text, at, length));
    at += length;
    copied = at;
  }
  target.set(text.subarray(copied, end), written);
  return target;
}

/** How many bytes more the text has with its escapes. */
function growthOf(text: Uint8Array, end: number): number {
  let growth = 0;
  for (let at = nextForeign(text, 0, end); at < end; at = nextForeign(text, at, end)) {
    const length = lengthFrom(text[at] as number);
    growth += (length === 4 ? 2 * escapeLength : escapeLength) - length;
    at += length;
  }
  return growth;
}

/** The offset of the next byte outside ASCII, from an offset on; `end` if there is none. Looks at four bytes at once. */
function nextForeign(text: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (at & 3) !== 0) {
    if ((text[at] as number) >= 0x80) return at;
    at++;
  }
  const words = new Uint32Array(text.buffer, 0, end >>> 2);
  let word = at >>> 2;
  while (word < words.length && ((words[word] as number) & foreignBits) === 0) word++;
  at = Math.max(at, word << 2);
  while (at < end && (text[at] as number) < 0x80) at++;
  return Math.min(at, end);
}

function codePointAt(text: Uint8Array, at: number, length: number): number {
  const first = text[at] as number;
  let codePoint = first & (length === 2 ? 0x1f : length === 3 ? 0x0f : 0x07);
  for (let index = at + 1; index < at + length; index++)
    codePoint = (codePoint << 6) | ((text[index] as number) & 0x3f);
  return codePoint;
}

function writeEscapes(target: Uint8Array, at: number, codePoint: number): number {
  if (codePoint < 0x10000) return writeEscape(target, at, codePoint);
  const rest = codePoint - 0x10000;
  return writeEscape(target, writeEscape(target, at, 0xd800 | (rest >> 10)), 0xdc00 | (rest & 0x3ff));
}

function writeEscape(target: Uint8Array, at: number, unit: number): number {
  target[at] = 0x5c;
  target[at + 1] = 0x75;
  for (let digit = 0; digit < 4; digit++)
    target[at + 2 + digit] = digits[(unit >> (12 - 4 * digit)) & 15] as number;
  return at + escapeLength;
}
