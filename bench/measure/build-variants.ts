import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../lib/build-functions.ts';

/** Bundles what is measured as the functions are bundled, into a folder that has to be removed. */
export function buildVariants(entry: string) {
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-bench-'));
  return {
    program: join(bundle(entry, folder), 'index.mjs'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
