import { contentOf, expectedLines } from '../input/lines.ts';
import { measureInThisProcess, type Prepare } from '../measure/child.ts';
import { unzipped } from '../servers/unzip.ts';
import type { ArchiveOutcome, ArchiveSettings, Zipper } from './settings.ts';
import { bareZlib, zippers } from './zippers.ts';

/** Makes the lines before the measured time begins, and checks the zip's content after it has ended. */
function variant(zipper: Zipper, isZip: boolean) {
  const prepare: Prepare<ArchiveSettings, ArchiveOutcome> = async ({ rows, level }) => {
    const lines = [...expectedLines(rows)];
    return async () => {
      const chunks = await zipper(lines, level);
      return async () => {
        const zip = Buffer.concat(chunks);
        if (!isZip) return { zipBytes: zip.length };
        return { zipBytes: zip.length, sha256: (await contentOf(unzipped(zip))).sha256 };
      };
    };
  };
  return async () => ({ prepare });
}

await measureInThisProcess({
  ...Object.fromEntries(Object.entries(zippers).map(([name, zipper]) => [name, variant(zipper, true)])),
  'bare zlib': variant(bareZlib, false),
});
