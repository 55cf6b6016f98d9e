/**
 * Bytes in memory that is reused. They are valid until the next ones are requested, or as long as their source
 * documents. Code that needs them longer must copy them; otherwise they change to other bytes, and a file is corrupted.
 */
export type Borrowed<Memory extends Uint8Array | Uint32Array = Uint8Array> = Memory;
