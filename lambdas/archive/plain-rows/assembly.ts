/*
 * AssemblyScript, not TypeScript: `npm run build:plain-rows` compiles it to WebAssembly. It turns rows of a DynamoDB
 * answer into JSON lines, sixteen bytes at a time.
 *
 * It reads only plain rows: all their attributes are strings that can be copied unchanged into a line. At any other row
 * it stops, and `transcode-page.ts` reads that row. For a plain row both must write the same bytes. All addresses are
 * in the module's own memory.
 */

const mostAttributes: i32 = 8;
const mostColumns: i32 = 8;
/** The most rows that one call reads. */
const mostRows: i32 = 1024;

/** The bytes before an attribute's string: `"name":{"S":"`. */
const patternStarts = memory.data(mostAttributes * 4);
const patternLengths = memory.data(mostAttributes * 4);
/** The string of each attribute in the current row; a start of 0 means that the row lacks the attribute. */
const starts = memory.data(mostAttributes * 4);
const ends = memory.data(mostAttributes * 4);
/** The order of the attributes in the previous row, which is tried first: it is usually the same in the next row. */
const order = memory.data(mostAttributes);

/** The bytes before a column's value in a line, and the attribute that gives the value. */
const openingStarts = memory.data(mostColumns * 4);
const openingLengths = memory.data(mostColumns * 4);
const columnAttributes = memory.data(mostColumns * 4);

/** For each row read: the offset of the end of its line, and the offsets of the start and end of its sort key. */
export const lineEnds = memory.data(mostRows * 4);
export const sortKeys = memory.data(mostRows * 8);
/** The memory from this address on belongs to the caller. */
export const free: usize = __heap_base;
/** The offset of the first row that was not read, and the offset of the end of the last line. */
export let readTo: usize = 0;
export let writtenTo: usize = 0;
/** One bit for each column: whether any row read since `begin` has a value for it. */
export let fields: u32 = 0;

let attributes: i32 = 0;
let columns: i32 = 0;
/** The bytes of a line without its values. */
let frameLength: usize = 0;

let answerStart: usize = 0;
let answerEnd: usize = 0;
let linesStart: usize = 0;
let linesLimit: usize = 0;
let excludedStart: usize = 0;
let excludedLength: usize = 0;
/** One bit for each column: whether every row must have a value for it. */
let required: u32 = 0;
/** One bit for each column: whether the row written last has a value for it. */
let present: u32 = 0;

/** Removes all attributes and columns. */
export function clear(): void {
  attributes = 0;
  columns = 0;
  frameLength = 2;
}

/** The first attribute added must be the sort key. */
export function addAttribute(pattern: usize, length: usize): void {
  store<u32>(patternStarts + attributes * 4, <u32>pattern);
  store<u32>(patternLengths + attributes * 4, <u32>length);
  store<u8>(order + attributes, <u8>attributes);
  attributes++;
}

/** The first column added must be the date. */
export function addColumn(opening: usize, length: usize, attribute: i32): void {
  store<u32>(openingStarts + columns * 4, <u32>opening);
  store<u32>(openingLengths + columns * 4, <u32>length);
  store<u32>(columnAttributes + columns * 4, attribute);
  columns++;
  frameLength += length + 4;
}

/** Sets the answer, the memory for its lines, a sort key whose row must not be read, and the required columns. */
export function begin(
  answer: usize,
  answerLength: usize,
  lines: usize,
  linesLength: usize,
  excluded: usize,
  length: usize,
  requiredColumns: u32,
): void {
  answerStart = answer;
  answerEnd = answer + answerLength;
  linesStart = lines;
  linesLimit = lines + linesLength;
  excludedStart = excluded;
  excludedLength = length;
  required = requiredColumns;
  fields = 0;
}

/**
 * Reads rows and writes their lines. Stops at a row that is not plain, at the last row (which has no comma after it),
 * or when the memory for lines might not suffice.
 *
 * @param from the offset of the first row in the answer
 * @param to the offset of the end of the lines so far
 * @returns the number of rows read
 */
export function readRows(from: usize, to: usize): i32 {
  let row = answerStart + from;
  let line = linesStart + to;
  let rows: i32 = 0;
  while (rows < mostRows) {
    const next = readRow(row, answerEnd);
    if (next === 0 || isExcluded()) break;
    // Each copy moves whole groups of sixteen bytes, so it can write up to 15 bytes after its end.
    if (line + frameLength + (next - row) * columns + 16 > linesLimit) break;
    const lineEnd = writeLine(line);
    if (lineEnd === 0) break;
    fields |= present;
    store<u32>(lineEnds + rows * 4, <u32>(lineEnd - linesStart));
    store<u32>(sortKeys + rows * 8, <u32>(load<u32>(starts) - answerStart));
    store<u32>(sortKeys + rows * 8, <u32>(load<u32>(ends) - answerStart), 4);
    row = next;
    line = lineEnd;
    rows++;
  }
  readTo = row - answerStart;
  writtenTo = line - linesStart;
  return rows;
}

/** The start of the next row; 0 if this row is not plain or is the last one. */
function readRow(from: usize, end: usize): usize {
  if (from >= end || load<u8>(from) !== 0x7b) return 0; // {
  let at = from + 1;
  memory.fill(starts, 0, mostAttributes * 4);
  for (let place = 0; place < attributes; place++) {
    let attribute: i32 = load<u8>(order + place);
    if (!begins(at, attribute)) {
      attribute = attributeAt(at);
      if (attribute === -1) return 0;
      store<u8>(order + place, <u8>attribute);
    }
    at += load<u32>(patternLengths + attribute * 4);
    const textEnd = endOfText(at, end, attribute === 0);
    // "} ends the string and its type.
    if (textEnd === 0 || load<u16>(textEnd) !== 0x7d22) return 0;
    store<u32>(starts + attribute * 4, <u32>at);
    store<u32>(ends + attribute * 4, <u32>textEnd);
    at = textEnd + 3;
    const separator = load<u8>(at - 1);
    if (separator === 0x2c) continue; // ,
    // }, ends the row.
    return separator === 0x7d && load<u8>(at) === 0x2c && at < end ? at + 1 : 0;
  }
  return 0;
}

function attributeAt(at: usize): i32 {
  for (let attribute = 0; attribute < attributes; attribute++) if (begins(at, attribute)) return attribute;
  return -1;
}

/** Whether this attribute begins here and is a string. */
function begins(at: usize, attribute: i32): bool {
  const length = load<u32>(patternLengths + attribute * 4);
  return isSame(at, load<u32>(patternStarts + attribute * 4), length);
}

function isSame(one: usize, other: usize, length: usize): bool {
  for (let index: usize = 0; index < length; index += 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(one + index), v128.load(other + index)));
    const left = length - index;
    const wanted = left >= 16 ? 0xffff : (1 << (<i32>left)) - 1;
    if ((same & wanted) !== wanted) return false;
  }
  return true;
}

/** The address of the closing quote of a string; 0 if the string cannot be copied unchanged. */
function endOfText(from: usize, end: usize, isSortKey: bool): usize {
  let at = from;
  while (at < end) {
    const unusual = unusualBytes(v128.load(at));
    if (unusual === 0) {
      at += 16;
      continue;
    }
    at += ctz(unusual);
    const byte = load<u8>(at);
    if (byte === 0x22) return at < end ? at : 0;
    if (byte === 0x5c) {
      if (isSortKey || !isCopiedEscape(load<u8>(at + 1))) return 0;
      at += 2;
    } else if ((byte === 0xc2 || byte === 0xe2) && !isEscapedCharacter(at)) at++;
    else return 0;
  }
  return 0;
}

/** One bit for each byte that cannot be copied without a check: controls, quotes, backslashes, C2 and E2. */
function unusualBytes(bytes: v128): i32 {
  const quotes = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
  const controls = v128.or(i8x16.lt_u(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f)));
  const leads = v128.or(i8x16.eq(bytes, i8x16.splat(<i8>0xc2)), i8x16.eq(bytes, i8x16.splat(<i8>0xe2)));
  return i8x16.bitmask(v128.or(v128.or(quotes, controls), leads));
}

/** `JSON.stringify` writes \" \\ \b \f \n \r \t the same way, so these can be copied. */
function isCopiedEscape(letter: u8): bool {
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

/** Whether the character is U+0080 to U+009F, U+2028 or U+2029, which must be escaped in a line. */
function isEscapedCharacter(at: usize): bool {
  const second = load<u8>(at + 1);
  if (load<u8>(at) === 0xc2) return second < 0xa0;
  const third = load<u8>(at + 2);
  return second === 0x80 && (third === 0xa8 || third === 0xa9);
}

/** Also true for a row without a sort key: this module must not read it either. */
function isExcluded(): bool {
  const start = load<u32>(starts);
  if (start === 0) return true;
  const length: usize = load<u32>(ends) - start;
  return length === excludedLength && isSame(start, excludedStart, length);
}

/** The end of the row's line; 0 if the date is not in the delivered form, or required fields are missing. */
function writeLine(to: usize): usize {
  let having: u32 = 0;
  for (let column = 0; column < columns; column++) {
    to = copy(load<u32>(openingStarts + column * 4), load<u32>(openingLengths + column * 4), to);
    const attribute = load<u32>(columnAttributes + column * 4);
    const start = load<u32>(starts + attribute * 4);
    having |= (<u32>(start !== 0)) << column;
    if (column === 0) {
      // Without a date attribute, the date is the first 24 bytes of the sort key.
      const date = start === 0 ? load<u32>(starts) : start;
      const length = (start === 0 ? load<u32>(ends) : load<u32>(ends + attribute * 4)) - date;
      if (length !== 24 && (length < 24 || (start !== 0 && attribute !== 0))) return 0;
      if (!isCanonicalDate(date)) return 0;
      copy(date - 1, 25, to);
      store<u8>(to + 25, 0x22);
      to += 26;
    } else if (start === 0) {
      store<u32>(to, 0x6c6c756e); // null
      to += 4;
    } else to = copy(start - 1, load<u32>(ends + attribute * 4) - start + 2, to);
  }
  // A row with nothing but a date is malformed, and `transcode-page.ts` must count it.
  if ((having & ~1) === 0 || (required & ~having) !== 0) return 0;
  present = having;
  store<u16>(to, 0x0a7d); // } and a line feed
  return to + 2;
}

function copy(from: usize, length: usize, to: usize): usize {
  for (let index: usize = 0; index < length; index += 16) v128.store(to + index, v128.load(from + index));
  return to + length;
}

/** Must accept the same dates as `isCanonicalDate` in `canonical-date.ts`: 2026-11-22T18:30:00.000Z */
function isCanonicalDate(at: usize): bool {
  // The forms are 0000-00-00T00:00 and, from the ninth byte on, 00T00:00:00.000Z.
  const day = v128.load(at);
  const time = v128.load(at + 8);
  if (!hasForm(day, i8x16(48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 84, 48, 48, 58, 48, 48))) return false;
  if (!hasForm(time, i8x16(48, 48, 84, 48, 48, 58, 48, 48, 58, 48, 48, 46, 48, 48, 48, 90))) return false;
  const days = twoDigits(at + 8);
  return (
    days >= 1 &&
    days <= lastDay(twoDigits(at + 5)) &&
    twoDigits(at + 11) <= 23 &&
    twoDigits(at + 14) <= 59 &&
    twoDigits(at + 17) <= 59
  );
}

/** Whether the bytes match a form, in which 0 stands for any digit. */
function hasForm(bytes: v128, form: v128): bool {
  const digits = i8x16.eq(form, i8x16.splat(48));
  const areDigits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10));
  return i8x16.bitmask(v128.bitselect(areDigits, i8x16.eq(bytes, form), digits)) === 0xffff;
}

/** 29 February is not accepted, because it depends on the year; `transcode-page.ts` reads such a row. */
function lastDay(month: u32): u32 {
  if (month < 1 || month > 12) return 0;
  if (month === 2) return 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function twoDigits(at: usize): u32 {
  return (<u32>load<u8>(at) - 48) * 10 + load<u8>(at + 1) - 48;
}
