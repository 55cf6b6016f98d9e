import { isIP } from 'node:net';
import { ascii } from '../json-scanner.ts';

/** The longest text of the schema's type `ip_t`. */
const longestAddress = 40;
const zero = 0x30;
const dot = 0x2e;

/** Whether every reader takes the text for an IP address. Some refuse a zone, as in `fe80::1%eth0`. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0 && text.length <= longestAddress && !text.includes('%');
}

/**
 * Whether the JSON between two offsets is a string of four numbers from 0 to 255 without leading zeros. True only if
 * `isAddress` is true as well; faster, because most addresses are such.
 */
export function isUsualAddress(lines: Buffer, start: number, end: number): boolean {
  if (end - start > 17 || lines[start] !== ascii.quote) return false;
  let dots = 0;
  let number = -1;
  for (let at = start + 1; at < end - 1; at++) {
    const byte = lines[at] as number;
    const digit = byte - zero;
    if (byte === dot) {
      if (number === -1) return false;
      dots++;
      number = -1;
    } else if (digit < 0 || digit > 9 || number === 0) return false;
    else {
      number = number === -1 ? digit : 10 * number + digit;
      if (number > 255) return false;
    }
  }
  return dots === 3 && number !== -1;
}
