import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../lib/build-functions.ts';

/** Bundles the variants like the deployed functions, into a new folder. The caller must call `remove`. */
export function buildVariants(entry: string) {
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-bench-'));
  return {
    program: join(bundle(entry, folder), 'index.mjs'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
