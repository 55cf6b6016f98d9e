import { PassThrough, Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { ZipArchive } from 'archiver';
import type { Prepare } from '../measure/child.ts';
import { documentPages, linesOf } from './document-pages.ts';
import { plainS3Client } from './plain-s3-client.ts';
import type { ExportSettings } from './settings.ts';

/**
 * A common streaming design: document client, JSON.stringify, archiver and lib-storage, with one write for each page.
 */
export const prepare: Prepare<ExportSettings, object> = async settings => async () => {
  const { s3Endpoint, bucket, accountId, rivalLevel } = settings;
  const archive = new ZipArchive({ zlib: { level: rivalLevel } });
  archive.append(Readable.from(pagesOfLines(settings), { objectMode: false }), { name: 'audit.json' });
  const body = archive.pipe(new PassThrough());
  const params = { Bucket: bucket, Key: `${accountId}.zip`, Body: body, ContentType: 'application/zip' };
  await Promise.all([archive.finalize(), new Upload({ client: plainS3Client(s3Endpoint), params }).done()]);
  return {};
};

async function* pagesOfLines(settings: ExportSettings): AsyncGenerator<Buffer> {
  for await (const rows of documentPages(settings)) yield Buffer.from(linesOf(rows));
}
