import { recordColumns, toJson } from '../../domain/audit-record.ts';
import { ascii } from '../json-scanner.ts';

/** The lengths of what stands before each value of a line: `{"Date":`, `,"Email":` and so on. */
const [beforeDate, beforeEmail, beforeAction, beforeActionId, beforeDescription, beforeIpAddress] =
  recordColumns.map(([key], index) => Buffer.byteLength(`${index === 0 ? '{' : ','}"${key}":`)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];

const nullLength = 4;

/** Where the values of a line begin and end, with the quotes of a string. */
export class LineValues {
  date = 0;
  dateEnd = 0;
  email = 0;
  emailEnd = 0;
  action = 0;
  actionEnd = 0;
  actionId = 0;
  actionIdEnd = 0;
  description = 0;
  descriptionEnd = 0;
  ipAddress = 0;
  ipAddressEnd = 0;

  /** Finds the values of the line at an offset. Each must be a string or `null`. */
  find(lines: Buffer, start: number): void {
    this.date = start + beforeDate;
    this.dateEnd = endOfValue(lines, this.date);
    this.email = this.dateEnd + beforeEmail;
    this.emailEnd = endOfValue(lines, this.email);
    this.action = this.emailEnd + beforeAction;
    this.actionEnd = endOfValue(lines, this.action);
    this.actionId = this.actionEnd + beforeActionId;
    this.actionIdEnd = endOfValue(lines, this.actionId);
    this.description = this.actionIdEnd + beforeDescription;
    this.descriptionEnd = endOfValue(lines, this.description);
    this.ipAddress = this.descriptionEnd + beforeIpAddress;
    this.ipAddressEnd = endOfValue(lines, this.ipAddress);
  }
}

function endOfValue(lines: Buffer, start: number): number {
  if (lines[start] !== ascii.quote) return start + nullLength;
  let at = start + 1;
  for (;;) {
    const byte = lines[at];
    if (byte === ascii.quote) return at + 1;
    // The character behind a backslash may be a quote.
    at += byte === ascii.backslash ? 2 : 1;
  }
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
  return { date, line: Buffer.from(`{${members.join(',')}}`), tooLong: tooLong.join(',') };
}
