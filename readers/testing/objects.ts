import { createArchive } from '../../lambdas/archive/archive.ts';
import { deflateOnThreadPool } from '../../lambdas/archive/deflate.ts';
import { encodeRows } from '../../lambdas/archive/encode-rows.ts';
import { defaultAttributes, type StoredRow } from '../../lambdas/domain/audit-record.ts';
import type { Compression, EmptyWindows } from '../../lambdas/domain/format.ts';
import { contentType, entryName, objectKey } from '../../lambdas/domain/object-key.ts';
import { compressionLevel } from '../../lambdas/domain/recipe.ts';
import type { StoredObject } from '../model.ts';

const windowHours = 4;
const firstEnd = Date.UTC(2026, 10, 22, 12);

export interface Delivery {
  readonly accountId: string;
  readonly prefix: string | undefined;
  readonly compression: Compression;
  readonly emptyWindows: EmptyWindows;
}

/** The files of consecutive windows, as the exporter writes them; each element of `windows` has the rows of one. */
export async function deliveredObjects(
  { accountId, prefix, compression, emptyWindows }: Delivery,
  windows: readonly (readonly StoredRow[])[],
): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for (const [index, rows] of windows.entries()) {
    if (rows.length === 0 && emptyWindows === 'skip') continue;
    const windowEnd = firstEnd + index * windowHours * 3_600_000;
    const file = { accountId, windowEnd, part: 1, compression };
    const { lines } = encodeRows(rows, defaultAttributes);
    const archive = createArchive({
      lines: (async function* () {
        if (lines.length > 0) yield lines;
      })(),
      format: 'ndjson',
      compression,
      entryName: entryName(file),
      modifiedAt: windowEnd,
      level: compressionLevel,
      deflateBlock: deflateOnThreadPool,
    });
    objects.push({
      key: objectKey(prefix, file),
      contentType: contentType('ndjson', compression),
      body: Buffer.concat(await Array.fromAsync(archive.body)),
    });
  }
  return objects;
}
