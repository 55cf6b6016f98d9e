import { Readable } from 'node:stream';
import { createDeflateRaw } from 'node:zlib';
import { ZipArchive } from 'archiver';
import { Zip, ZipDeflate } from 'fflate';
import JSZip from 'jszip';
import { ZipFile } from 'yazl';
import ZipStream from 'zip-stream';
import { createArchive } from '../../lambdas/archive/archive.ts';
import { deflateOnThreadPool } from '../../lambdas/archive/deflate.ts';
import { benchWindow } from '../input/rows.ts';
import type { Zipper } from './settings.ts';

const name = 'audit.json';

/** The libraries that are compared. Each gets the same chunks of about 1 MB. */
export const zippers = {
  async ours(lines, level) {
    const source = Readable.from(lines, { objectMode: true });
    const archive = createArchive({
      lines: source,
      format: 'ndjson',
      compression: 'zip',
      entryName: name,
      modifiedAt: benchWindow.end,
      level,
      deflateBlock: deflateOnThreadPool,
    });
    return Array.fromAsync(archive.body);
  },

  async fflate(lines, level) {
    const chunks: Uint8Array[] = [];
    const zip = new Zip((error, chunk) => {
      if (error) throw error;
      chunks.push(chunk);
    });
    const entry = new ZipDeflate(name, { level: level as 6 });
    zip.add(entry);
    for (const [index, chunk] of lines.entries())
      entry.push(chunk as Uint8Array<ArrayBuffer>, index === lines.length - 1);
    zip.end();
    return chunks;
  },

  async archiver(lines, level) {
    const archive = new ZipArchive({ zlib: { level } });
    archive.append(Readable.from(lines, { objectMode: false }), { name });
    const [chunks] = await Promise.all([archive.toArray(), archive.finalize()]);
    return chunks;
  },

  async yazl(lines, level) {
    const zip = new ZipFile();
    zip.addReadStream(Readable.from(lines, { objectMode: false }), name, { compressionLevel: level });
    zip.end();
    return Array.fromAsync(zip.outputStream as AsyncIterable<Buffer>);
  },

  async jszip(lines, level) {
    const zip = new JSZip().file(name, Readable.from(lines, { objectMode: false }));
    const settings = { compression: 'DEFLATE', compressionOptions: { level }, streamFiles: true } as const;
    // jszip returns a stream of the old style, which has no `toArray` and no async iterator.
    return new Readable().wrap(zip.generateNodeStream(settings)).toArray();
  },

  async 'zip-stream'(lines, level) {
    const zip = new ZipStream({ zlib: { level } });
    const chunks = zip.toArray();
    zip.entry(Readable.from(lines, { objectMode: false }), { name }, error => {
      if (error) zip.destroy(error);
      else zip.finalize();
    });
    return chunks;
  },
} satisfies Record<string, Zipper>;

/** Only the compression, without a zip around it: zlib's deflate on one thread. */
export const bareZlib: Zipper = async (lines, level) =>
  Readable.from(lines, { objectMode: false }).pipe(createDeflateRaw({ level })).toArray();
