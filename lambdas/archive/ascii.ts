import { isAscii } from 'node:buffer';

const escapeLength = 6;
const firstForeign = 0x80;
const digits = Buffer.from('0123456789abcdef');

/**
 * The same JSON with only ASCII characters: every other one as `\uXXXX`, two of them for a character beyond U+FFFF. No
 * chunk of `json` may end inside a character. A chunk is not used after the next one is requested.
 */
export async function* asciiOnly(json: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of json) yield isAscii(chunk) ? chunk : escaped(chunk);
}

/** In JSON such characters are only inside strings, where each UTF-16 code unit can be escaped alone. */
function escaped(chunk: Uint8Array): Uint8Array {
  const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('utf8');
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
