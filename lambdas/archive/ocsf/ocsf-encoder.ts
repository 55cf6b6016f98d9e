import type { Mapping } from '../../domain/mapping.ts';
import { ascii } from '../json-scanner.ts';
import { missingRow, type PageEncoder } from '../page.ts';
import { canonicalInstant, eventInstant } from './event-time.ts';
import { EventWriter } from './event-writer.ts';
import { isUsualAddress } from './ip-address.ts';
import {
  afterIpAddress,
  beforeAction,
  beforeActionId,
  beforeDate,
  beforeDescription,
  beforeEmail,
  beforeIpAddress,
  endOfValue,
  plainLine,
  unreadableLine,
} from './line-values.ts';
import { longestString } from './schema-limits.ts';
import { SegmentCache } from './segment-cache.ts';
import { createSegmentMaker } from './segments.ts';

const messageKey = Buffer.from(',"message":');
const uidKey = Buffer.from(',"uid":');
const originalTimeKey = Buffer.from(',"original_time":');
const unmappedKey = Buffer.from(',"unmapped":{');
const ipKey = Buffer.from('{"ip":');
const comma = Buffer.from(',');
const closeMap = Buffer.from('}');
const endOfEvent = Buffer.from('}\n');
const nothing = Buffer.alloc(0);
/** More than the length of all these, the start of `metadata`, an instant, and what is written around an IP address. */
const constantLength = 200;

/** How much more memory is taken than the events before would have needed. */
const spare = 1.05;

/**
 * Turns rows into events of the Open Cybersecurity Schema Framework: `Authentication` for logins and logouts, and
 * `API Activity` for all others. Values are copied as bytes, with their escapes. What depends on one value alone, such as
 * everything about a user, is made once for each distinct value.
 */
export function createOcsfEncoder(accountId: string, settings: Mapping): PageEncoder {
  const maker = createSegmentMaker(accountId, settings);
  const actions = new SegmentCache(maker.action);
  const users = new SegmentCache(maker.user);
  const addresses = new SegmentCache(maker.address);
  const longest = longestString[settings.version];
  const writer = new EventWriter();

  /**
   * Writes the event of the line between two offsets.
   *
   * @param lines all values must be strings or `null`
   * @param tooLong members of `unmapped`, or nothing
   */
  function writeEvent(lines: Buffer, start: number, end: number, instant: number, tooLong: Buffer): void {
    const date = start + beforeDate;
    const dateEnd = endOfValue(lines, date);
    const email = dateEnd + beforeEmail;
    const emailEnd = endOfValue(lines, email);
    const action = emailEnd + beforeAction;
    const actionEnd = endOfValue(lines, action);
    const actionId = actionEnd + beforeActionId;
    const actionIdEnd = endOfValue(lines, actionId);

    const ofAction = actions.of(lines, action, actionEnd);
    const user = users.of(lines, email, emailEnd);
    // Each value but the Action and the Email is written once.
    writer.reserve(ofAction.length + user.length + constantLength + tooLong.length + end - start);
    writer.append(ofAction.head);
    writer.appendInstant(instant);
    writer.append(ofAction.status);
    const descriptionEnd = writeMember(messageKey, lines, actionIdEnd + beforeDescription);
    writer.append(ofAction.beforeUser);
    writer.append(user);
    writer.append(ofAction.afterUser);
    const ipAddress = descriptionEnd + beforeIpAddress;
    const ipAddressEnd = endOfValue(lines, ipAddress);
    if (ipAddressEnd + afterIpAddress !== end) throw unreadableLine();
    const unmapped = writeEndpoint(lines, ipAddress, ipAddressEnd);
    writer.append(maker.metadata);
    writeMember(uidKey, lines, actionId);
    writeMember(originalTimeKey, lines, date);
    writer.append(ofAction.tail);
    if (unmapped.length > 0 || tooLong.length > 0) writeUnmapped(tooLong, unmapped);
    writer.append(endOfEvent);
  }

  /** Writes a member of an object, but none if its value is `null`. Returns the offset behind the value. */
  function writeMember(key: Buffer, lines: Buffer, start: number): number {
    if (lines[start] !== ascii.quote) return endOfValue(lines, start);
    writer.append(key);
    return writer.appendString(lines, start);
  }

  /** Writes the endpoint with the IP address between two offsets. Returns the members of `unmapped`. */
  function writeEndpoint(lines: Buffer, start: number, end: number): Buffer {
    if (isUsualAddress(lines, start, end)) {
      writer.append(ipKey);
      writer.appendSpan(lines, start, end);
      writer.append(closeMap);
      return nothing;
    }
    const { endpoint, unmapped } = addresses.of(lines, start, end);
    writer.append(endpoint);
    return unmapped;
  }

  function writeUnmapped(tooLong: Buffer, others: Buffer): void {
    writer.append(unmappedKey);
    writer.append(tooLong);
    if (tooLong.length > 0 && others.length > 0) writer.append(comma);
    writer.append(others);
    writer.append(closeMap);
  }

  function writeOther(text: string, sortKey: string): void {
    const { date, line, tooLong } = plainLine(text, longest);
    writeEvent(line, 0, line.length, eventInstant(date, sortKey), Buffer.from(tooLong));
  }

  /** The length of events in relation to their lines, so that memory is seldom too small and never much too large. */
  let growth = 4;

  return {
    encode(page, from, to) {
      const lines = Buffer.from(page.lines.buffer, page.lines.byteOffset, page.lines.length);
      const { rowEnds, malformedRows } = page;
      const first = from === 0 ? 0 : (rowEnds[from - 1] ?? missingRow(from));
      const length = (to <= from ? first : (rowEnds[to - 1] ?? missingRow(to - 1))) - first;
      writer.restart(Math.ceil(growth * length));
      let malformed = malformedRows.findIndex(row => row >= from);
      let start = first;
      for (let row = from; row < to; row++) {
        const end = rowEnds[row] as number;
        const isMalformed = malformedRows[malformed] === row;
        if (isMalformed) malformed++;
        if (isMalformed || end - start > longest)
          writeOther(lines.toString('utf8', start, end), page.sortKey(row));
        else writeEvent(lines, start, end, canonicalInstant(lines, start + beforeDate + 1), nothing);
        start = end;
      }
      if (length > 0) growth = (spare * writer.length) / length;
      return writer.written();
    },
  };
}
