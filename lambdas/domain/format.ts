import * as z from 'zod';

/** The form of a file's records: one JSON object on each line, one JSON array, or one OCSF event on each line. */
export const format = z.enum(['ndjson', 'json', 'ocsf']);
export type Format = z.infer<typeof format>;

/** The version of the schema of the format `ocsf`. Amazon Security Lake takes 1.1.0. */
export const ocsfVersion = z.enum(['1.1.0', '1.8.0']);
export type OcsfVersion = z.infer<typeof ocsfVersion>;

/** With `none`, a file has only ASCII characters: a reader that decodes blocks of bytes cannot break one. */
export const compression = z.enum(['zip', 'gzip', 'none']);
export type Compression = z.infer<typeof compression>;

/** Whether a window without records gives an empty file, or no object. */
export const emptyWindows = z.enum(['file', 'skip']);
export type EmptyWindows = z.infer<typeof emptyWindows>;
