import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { azureCloud } from '../domain/azure-cloud.ts';
import type { Attempt, Cursor, Intent } from '../domain/cursor.ts';
import type { DeliveredFile } from '../domain/delivered-file.ts';
import { cloud } from '../domain/destination.ts';
import { ExportError, type FailureCode, failureCodes } from '../domain/failure.ts';
import { validate } from '../domain/faults.ts';
import { compression, emptyWindows, format } from '../domain/format.ts';
import { type Instant, toCompact, toIso } from '../domain/instant.ts';
import { valuesOf } from './item-values.ts';

/** The sort key of an account's cursor. The rows of its files have the sort keys `file#<window end>#<part>`. */
export const cursorEntry = 'cursor';

type Item = Record<string, AttributeValue>;

const yearTenThousand = Date.UTC(10_000);

/**
 * The ledger stores instants as ISO 8601 in UTC, so that people can read it. Years from 10,000 on have another form.
 */
const instant = z
  .string()
  .refine(text => Date.parse(text) >= 0 && Date.parse(text) < yearTenThousand, 'expected an instant')
  .transform((text): Instant => Date.parse(text));

const window = z.object({ start: instant, end: instant });
const place = z.object({
  type: cloud,
  bucket: z.string(),
  prefix: z.string().optional(),
  storageAccount: z.string().optional(),
  cloud: azureCloud.optional(),
});

const intent = z.object({
  window,
  part: z.number(),
  after: z.string().optional(),
  recipe: z.object({
    place,
    format,
    compression,
    emptyWindows,
    mapping: z.string().optional(),
    partBytes: z.number(),
    level: z.number(),
  }),
});

/** The value of an attempt in the map `attempts`; the key is the attempt's token. */
const attempt = z.object({
  place: z.string(),
  partBytes: z.number(),
  startedAt: instant,
  lease: z.object({ messageId: z.string(), until: instant }).optional(),
  step: z.enum(['staging', 'creating']),
});

const cursor = z.object({
  exportedThrough: instant,
  version: z.number(),
  lastWrite: z.string(),
  intent: intent.optional(),
  attempts: z
    .record(z.string(), attempt)
    .transform((attempts): readonly Attempt[] =>
      Object.entries(attempts).map(([token, rest]) => ({ token, ...rest })),
    ),
  failures: z.number(),
  // No file depends on these four. If one cannot be read after a roll-back, the export must continue.
  deliveredAt: instant.optional().catch(undefined),
  acceptedAt: instant.optional().catch(undefined),
  deliveredTo: z.string().optional().catch(undefined),
  failingSince: instant.optional().catch(undefined),
  lastError: z
    .object({ code: z.enum(Object.keys(failureCodes) as FailureCode[]), message: z.string(), at: instant })
    .optional()
    // After a roll-back, a code of a later release must not stop an export.
    .catch(undefined),
  tooLargeBytes: z.number().optional(),
  stopped: z.enum(['paused', 'expired']).optional().catch(undefined),
  // Only recounts depend on it, never an export.
  recountedThrough: instant.optional().catch(undefined),
});

const file = z.object({
  window,
  part: z.number(),
  final: z.boolean(),
  place,
  key: z.string().optional(),
  format,
  compression,
  mapping: z.string().optional(),
  records: z.number(),
  malformed: z.number(),
  bytes: z.number(),
  uncompressedBytes: z.number(),
  sha256: z.string(),
  lastSortKey: z.string().optional(),
  attempt: z.number(),
  startedAt: instant,
  deliveredAt: instant,
});

/** The sort key of a file's row. An account's rows sort by window and part. */
export function fileEntry(windowEnd: Instant, part: number): string {
  return `file#${toCompact(windowEnd)}#${String(part).padStart(4, '0')}`;
}

/** The bounds, both inclusive, of the sort keys of windows that end after `after` and at or before `upTo`. */
export function entriesOfWindows(after: Instant, upTo: Instant): readonly [from: string, to: string] {
  // `$` is the character after `#`, so this key sorts after every part of the window.
  const beyond = (windowEnd: Instant) => `file#${toCompact(windowEnd)}$`;
  return [beyond(after), beyond(upTo)];
}

/** @throws ExportError `internal`, naming the account and every attribute that cannot be read */
export function cursorFromItem(item: Item): Cursor {
  return read(cursor, item);
}

/** @throws ExportError `internal`, naming the account and every attribute that cannot be read */
export function fileFromItem(item: Item): DeliveredFile {
  return read(file, item);
}

function read<T>(schema: z.ZodType<T>, item: Item): T {
  const { data, faults } = validate(schema, valuesOf(item));
  if (data !== undefined) return data;
  throw new ExportError(
    'internal',
    `The item ${item.entry?.S} of the account ${JSON.stringify(item.accountId?.S)} in the ledger cannot be read: ${faults.join('; ')}`,
  );
}

export function intentToItem({ window, ...rest }: Intent) {
  return { window: { start: toIso(window.start), end: toIso(window.end) }, ...rest };
}

export function attemptsToItem(attempts: readonly Attempt[]) {
  return Object.fromEntries(
    attempts.map(({ token, startedAt, lease, ...rest }) => [
      token,
      {
        ...rest,
        startedAt: toIso(startedAt),
        lease: lease && { ...lease, until: toIso(lease.until) },
      },
    ]),
  );
}

export function fileToItem({ window, startedAt, deliveredAt, ...rest }: DeliveredFile) {
  return {
    window: { start: toIso(window.start), end: toIso(window.end) },
    ...rest,
    startedAt: toIso(startedAt),
    deliveredAt: toIso(deliveredAt),
  };
}
