import * as z from 'zod';

/** The form of a file's records: one JSON object on each line, or one JSON array. */
export const format = z.enum(['ndjson', 'json']);
export type Format = z.infer<typeof format>;

export const compression = z.enum(['zip', 'gzip']);
export type Compression = z.infer<typeof compression>;
