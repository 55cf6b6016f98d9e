import * as z from 'zod';

/** How the records stand in a file: one JSON object a line, or one array of them. */
export const format = z.enum(['ndjson', 'json']);
export type Format = z.infer<typeof format>;

export const compression = z.enum(['zip', 'gzip']);
export type Compression = z.infer<typeof compression>;
