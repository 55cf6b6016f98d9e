import { isAscii } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import type { Borrowed } from '../domain/borrowed.ts';

const escapeLength = 6;
const firstForeign = 0x80;
const digits = Buffer.from('0123456789abcdef');

/**
 * The same JSON with only ASCII characters: every other one as `\uXXXX`, two of them for a character beyond U+FFFF. A chunk
 * may end anywhere. The yielded chunks are new memory.
 */
export async function* asciiOnly(json: AsyncIterable<Borrowed>): AsyncGenerator<Uint8Array> {
  const decoder = new StringDecoder('utf8');
  for await (const chunk of json) {
    const copy = Buffer.from(chunk);
    // After a chunk that ends inside a character, the next one cannot be ASCII.
    yield isAscii(copy) ? copy : escaped(decoder.write(copy));
  }
}

/** In JSON such characters are only inside strings, where each UTF-16 code unit can be escaped alone. */
function escaped(text: string): Uint8Array {
  let foreign = 0;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= firstForeign) foreign++;
  const target = Buffer.allocUnsafeSlow(text.length + (escapeLength - 1) * foreign);
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < firstForeign) target[at++] = unit;
    else {
      target[at++] = 0x5c;
      target[at++] = 0x75;
      for (let shift = 12; shift >= 0; shift -= 4) target[at++] = digits[(unit >> shift) & 15] as number;
    }
  }
  return target;
}
