import { recordColumns, toJson } from '../../domain/audit-record.ts';
import { ExportError } from '../../domain/failure.ts';
import { ascii } from '../json-scanner.ts';

/** The length of what stands before each value of a line: `{"Date":`, `,"Email":` and so on. */
export const [
  beforeDate = 0,
  beforeEmail = 0,
  beforeAction = 0,
  beforeActionId = 0,
  beforeDescription = 0,
  beforeIpAddress = 0,
] = recordColumns.map(([key], index) => Buffer.byteLength(`${index === 0 ? '{' : ','}"${key}":`));

const startOfNull = 0x6e;
const nullLength = 4;

/** What stands behind the last value: `}` and a line feed. */
export const afterIpAddress = 2;

/** If a line is not as a page's lines are: an event made from it would have wrong values. */
export function unreadableLine(): ExportError {
  return new ExportError(
    'internal',
    'A line of a page that is not malformed has a value that is neither a string nor null',
  );
}

/** The offset behind the value that begins at an offset, which is a string or `null`. */
export function endOfValue(lines: Buffer, start: number): number {
  if (lines[start] === startOfNull) return start + nullLength;
  if (lines[start] !== ascii.quote) throw unreadableLine();
  let at = start + 1;
  while (at < lines.length) {
    const byte = lines[at];
    if (byte === ascii.quote) return at + 1;
    // The character behind a backslash may be a quote.
    at += byte === ascii.backslash ? 2 : 1;
  }
  throw unreadableLine();
}

/** A line whose values are all strings or `null`. */
export interface PlainLine {
  readonly date: string | null;
  readonly line: Buffer;
  /** The values that are too long, as members of an object. They are `null` in the line. */
  readonly tooLong: string;
}

/**
 * Makes a line plain. A value that is neither a string nor `null` becomes a string of its JSON.
 *
 * @param longest the most bytes of a string, with its escapes
 */
export function plainLine(line: string, longest: number): PlainLine {
  const record = JSON.parse(line) as Record<string, unknown>;
  const members: string[] = [];
  const tooLong: string[] = [];
  let date: string | null = null;
  for (const [key, column] of recordColumns) {
    const value = record[key];
    const text = typeof value === 'string' || value === null ? value : JSON.stringify(value);
    const json = toJson(text);
    const fits = Buffer.byteLength(json) - 2 <= longest;
    if (!fits) tooLong.push(`"${key}":${json}`);
    if (column === 'date') date = text;
    members.push(`"${key}":${fits ? json : 'null'}`);
  }
  return { date, line: Buffer.from(`{${members.join(',')}}\n`), tooLong: tooLong.join(',') };
}
