import { ByteWriter } from '../byte-writer.ts';
import { ascii } from '../json-scanner.ts';
import { missingRow, type Page } from '../page.ts';
import { canonicalInstant, createInstantText, eventInstant } from './event-time.ts';
import { LineValues, plainLine } from './line-values.ts';
import { SegmentCache } from './segment-cache.ts';
import { createSegmentMaker } from './segments.ts';
import { longestString, type OcsfSettings } from './settings.ts';

/** Encodes rows of pages for one account. */
export interface OcsfEncoder {
  /**
   * The events of the rows from `from` (inclusive) to `to` (exclusive) of a page, one a line with a line feed. New memory,
   * not the page's. An event depends on its row alone, not on the page or the rows before it.
   */
  encode(page: Page, from: number, to: number): Uint8Array;
}

const messageKey = Buffer.from(',"message":');
const uidKey = Buffer.from(',"uid":');
const originalTimeKey = Buffer.from(',"original_time":');

/** How much more memory is taken than the events before would have needed. */
const spare = 1.05;

/**
 * Turns rows into events of the Open Cybersecurity Schema Framework: `Authentication` for logins and logouts, and
 * `API Activity` for all others. Values are copied as bytes, with their escapes. What depends on one value alone, such as
 * everything about a user, is made once for each distinct value.
 */
export function createOcsfEncoder(accountId: string, settings: OcsfSettings): OcsfEncoder {
  const maker = createSegmentMaker(accountId, settings);
  const actions = new SegmentCache(maker.action);
  const users = new SegmentCache(maker.user);
  const addresses = new SegmentCache(maker.address);
  const instantText = createInstantText();
  const longest = longestString[settings.version];
  const values = new LineValues();
  const writer = new ByteWriter();

  function writeEvent(lines: Buffer, instant: number, tooLong: string): void {
    const action = actions.of(lines, values.action, values.actionEnd);
    const address = addresses.of(lines, values.ipAddress, values.ipAddressEnd);
    writer.append(action.head);
    writer.append(instantText(instant));
    writer.append(action.status);
    writeMember(messageKey, lines, values.description, values.descriptionEnd);
    writer.append(action.beforeUser);
    writer.append(users.of(lines, values.email, values.emailEnd));
    writer.append(action.afterUser);
    writer.append(address.endpoint);
    writeMember(uidKey, lines, values.actionId, values.actionIdEnd);
    writeMember(originalTimeKey, lines, values.date, values.dateEnd);
    writer.append(action.tail);
    if (tooLong === '') writer.append(address.end);
    else {
      const separator = address.unmapped.length === 0 ? '' : ',';
      writer.append(Buffer.from(`,"unmapped":{${tooLong}${separator}${address.unmapped}}}\n`));
    }
  }

  /** Writes a member of an object, but none whose value is `null`. */
  function writeMember(key: Buffer, lines: Buffer, start: number, end: number): void {
    if (lines[start] !== ascii.quote) return;
    writer.append(key);
    writer.append(lines, start, end);
  }

  /** Writes the event of a line at an offset whose values are strings or `null`, and whose date is canonical. */
  function writePlain(lines: Buffer, start: number): void {
    values.find(lines, start);
    writeEvent(lines, canonicalInstant(lines, values.date + 1), '');
  }

  function writeOther(text: string, sortKey: string): void {
    const { date, line, tooLong } = plainLine(text, longest);
    values.find(line, 0);
    writeEvent(line, eventInstant(date, sortKey), tooLong);
  }

  /** The usual length of events in relation to their lines, so that their memory is seldom too small and never much too large. */
  let growth = 4;

  return {
    encode(page, from, to) {
      const lines = Buffer.from(page.lines.buffer, page.lines.byteOffset, page.lines.length);
      const { rowEnds, malformedRows } = page;
      const first = from === 0 ? 0 : (rowEnds[from - 1] ?? missingRow(from));
      const length = (to <= from ? first : (rowEnds[to - 1] ?? missingRow(to - 1))) - first;
      writer.restart(Buffer.allocUnsafeSlow(Math.ceil(growth * length)));
      let malformed = malformedRows.findIndex(row => row >= from);
      let start = first;
      for (let row = from; row < to; row++) {
        const end = rowEnds[row] as number;
        const isMalformed = malformedRows[malformed] === row;
        if (isMalformed) malformed++;
        if (isMalformed || end - start > longest)
          writeOther(lines.toString('utf8', start, end), page.sortKey(row));
        else writePlain(lines, start);
        start = end;
      }
      if (length > 0) growth = (spare * writer.length) / length;
      return writer.written();
    },
  };
}
