/** An account record from the table or a file; it may be invalid. */
export type AccountRecord = Readonly<Record<string, unknown>>;
