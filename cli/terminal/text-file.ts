import { isUtf8 } from 'node:buffer';

/** The bytes are no text in UTF-8. The message says what they are, or which line is at fault, and never quotes them. */
export class NoTextError extends Error {
  override readonly name = 'NoTextError';
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** As much of a file without a byte-order mark as tells whether every other byte of it is zero. */
const sampledBytes = 256;

/**
 * The lines of a text file, whoever wrote it. It is UTF-8, with or without a byte-order mark. Lines end in LF or CRLF and
 * nowhere else: U+2028, U+0085, a vertical tab or a lone CR may stand inside a value. The last line need not end.
 *
 * @throws NoTextError at the first line that is not UTF-8, or at once if the whole is something else
 */
export function* linesOf(bytes: Buffer): Generator<string> {
  refuseOtherForms(bytes);
  let start = hasMark(bytes) ? 3 : 0;
  for (let line = 1; start < bytes.length; line++) {
    const found = bytes.indexOf(lineFeed, start);
    const next = found === -1 ? bytes.length : found;
    const end = found > start && bytes[found - 1] === carriageReturn ? found - 1 : next;
    const text = bytes.subarray(start, end);
    if (!isUtf8(text)) throw new NoTextError(`line ${line} is not UTF-8${hintOf(text)}`);
    yield text.toString('utf8');
    start = next + 1;
  }
}

/**
 * The whole of a text file, without its byte-order mark; its line ends are left as they are.
 * @throws NoTextError
 */
export function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) for (const _ of linesOf(bytes));
  refuseOtherForms(bytes);
  return bytes.toString('utf8', hasMark(bytes) ? 3 : 0);
}

function hasMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Beginnings that text in UTF-8 never has. The longer ones first: UTF-32 begins like UTF-16. */
const otherForms: readonly (readonly [string, string])[] = [
  ['fffe0000', 'it is UTF-32 (little-endian)'],
  ['0000feff', 'it is UTF-32 (big-endian)'],
  ['fffe', 'it is UTF-16 (little-endian)'],
  ['feff', 'it is UTF-16 (big-endian)'],
  ['1f8b', 'it is compressed with gzip'],
  ['504b0304', 'it is a zip'],
  ['28b52ffd', 'it is compressed with zstd'],
  ['425a68', 'it is compressed with bzip2'],
];

function refuseOtherForms(bytes: Buffer): void {
  const beginning = bytes.toString('hex', 0, 4);
  const found = otherForms.find(([form]) => beginning.startsWith(form))?.[1] ?? withoutMark(bytes);
  if (found !== undefined) throw new NoTextError(`${found}, expected text in UTF-8`);
}

/** ASCII as UTF-16 without a byte-order mark, which `isUtf8` takes for text with zeros in it. */
function withoutMark(bytes: Buffer): string | undefined {
  const sample = bytes.subarray(0, sampledBytes);
  const pairs = Math.floor(sample.length / 2);
  const zeros = (offset: number) =>
    sample.filter((byte, index) => index % 2 === offset && byte === 0 && index < 2 * pairs).length;
  const [even, odd] = [zeros(0), zeros(1)];
  if (pairs > 0 && odd > pairs / 2 && even === 0) return 'it is UTF-16 (little-endian)';
  if (pairs > 0 && even > pairs / 2 && odd === 0) return 'it is UTF-16 (big-endian)';
  return bytes.includes(0) ? 'it has zero bytes, so it is no text' : undefined;
}

/** A byte of 0x80 and more with ASCII on both sides is a letter of one of the older encodings. */
function hintOf(line: Buffer): string {
  const isAlone = (index: number) =>
    (line[index] ?? 0) >= 0x80 && (line[index - 1] ?? 0) < 0x80 && (line[index + 1] ?? 0) < 0x80;
  return line.some((_, index) => isAlone(index))
    ? ' (it looks like Latin-1 or Windows-1252: save the file as UTF-8)'
    : '';
}
