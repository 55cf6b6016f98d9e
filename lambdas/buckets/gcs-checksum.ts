/**
 * CRC-32C (Castagnoli), the checksum that Google Cloud Storage stores for every object. `toString` gives the form of
 * its API: base64 of the four bytes in network order.
 *
 * The library's implementation reads single bytes through an iterator, at 80–100 MB/s: a fifth of an export's processor
 * time. This one reads eight bytes in each step.
 */
export interface Crc32c {
  update(bytes: Uint8Array): void;
  toString(): string;
}

/** The polynomial with its bits reversed. */
const polynomial = 0x82f63b78;
/** Table k contains the remainder of each byte when k more bytes follow it. */
const tables = remainderTables(8);

export function createCrc32c(): Crc32c {
  let inverted = -1;
  return {
    update(bytes) {
      inverted = remainderOf(bytes, inverted);
    },
    toString() {
      const value = Buffer.alloc(4);
      value.writeInt32BE(~inverted);
      return value.toString('base64');
    },
  };
}

function remainderOf(bytes: Uint8Array, start: number): number {
  const table = tables;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const even = bytes.length - (bytes.length % 8);
  let crc = start;
  let at = 0;
  for (; at < even; at += 8) {
    const low = view.getInt32(at, true) ^ crc;
    const high = view.getInt32(at + 4, true);
    crc =
      entry(table, 0x700 | (low & 0xff)) ^
      entry(table, 0x600 | ((low >>> 8) & 0xff)) ^
      entry(table, 0x500 | ((low >>> 16) & 0xff)) ^
      entry(table, 0x400 | (low >>> 24)) ^
      entry(table, 0x300 | (high & 0xff)) ^
      entry(table, 0x200 | ((high >>> 8) & 0xff)) ^
      entry(table, 0x100 | ((high >>> 16) & 0xff)) ^
      entry(table, high >>> 24);
  }
  for (; at < bytes.length; at++) crc = entry(table, (crc ^ view.getUint8(at)) & 0xff) ^ (crc >>> 8);
  return crc;
}

function remainderTables(count: number): Int32Array {
  const table = new Int32Array(count * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    table[byte] = crc;
  }
  for (let index = 256; index < table.length; index++) {
    const before = entry(table, index - 256);
    table[index] = (before >>> 8) ^ entry(table, before & 0xff);
  }
  return table;
}

/** Every index is in range, but the compiler cannot know that. */
function entry(table: Int32Array, index: number): number {
  return table[index] as number;
}
