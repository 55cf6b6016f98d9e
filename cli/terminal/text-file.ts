import { isUtf8 } from 'node:buffer';

/** The bytes are not UTF-8 text. The message names their form or the faulty line, and never quotes them. */
export class NoTextError extends Error {
  override readonly name = 'NoTextError';
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** The length of the sample in which every second byte being zero shows UTF-16 without a byte-order mark. */
const sampledBytes = 256;

/**
 * The lines of a UTF-8 text file, with or without a byte-order mark. Lines end only in LF or CRLF, because other
 * separators (U+2028, U+0085, vertical tab, a lone CR) may be part of a value. The last line may lack its line end.
 *
 * @throws NoTextError at the first line that is not UTF-8, or at once if the file has another form
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
 * The whole text without its byte-order mark; line ends are unchanged.
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

/** First bytes that never occur in UTF-8 text. UTF-32 comes before UTF-16, because it begins with the same bytes. */
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

/** Detects UTF-16 without a byte-order mark, which `isUtf8` accepts as text with zero bytes. */
function withoutMark(bytes: Buffer): string | undefined {
  const sample = bytes.subarray(0, sampledBytes);
  const pairs = Math.floor(sample.length / 2);
  const zeros = (offset: number) =>
    sample.filter((byte, index) => index % 2 === offset && byte === 0 && index < 2 * pairs).length;
  const [even, odd] = [zeros(0), zeros(1)];
  if (pairs > 0 && odd > pairs / 2 && even === 0) return 'it is UTF-16 (little-endian)';
  if (pairs > 0 && even > pairs / 2 && odd === 0) return 'it is UTF-16 (big-endian)';
  return bytes.includes(0) ? 'it contains zero bytes, so it is not text' : undefined;
}

/** A single byte of 0x80 or more between ASCII characters is a letter in an older encoding. */
function hintOf(line: Buffer): string {
  const isAlone = (index: number) =>
    (line[index] ?? 0) >= 0x80 && (line[index - 1] ?? 0) < 0x80 && (line[index + 1] ?? 0) < 0x80;
  return line.some((_, index) => isAlone(index))
    ? ' (it may be Latin-1 or Windows-1252: save the file as UTF-8)'
    : '';
}
