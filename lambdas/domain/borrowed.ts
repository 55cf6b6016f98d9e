/**
 * Memory that is used again: they hold until the next ones are asked for, or as long as their giver says.
 * Whoever needs them longer copies them; kept without a copy, they turn into other bytes in the middle of a file.
 */
export type Borrowed<Memory extends Uint8Array | Uint32Array = Uint8Array> = Memory;
