/** An account record as it stands in the table, checked or not. */
export type AccountRecord = Readonly<Record<string, unknown>>;
