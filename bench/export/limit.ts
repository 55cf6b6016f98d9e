import { createArchive } from '../../lambdas/archive/archive.ts';
import { deflateOnThreadPool } from '../../lambdas/archive/deflate.ts';
import { BareConnection } from '../bare/connection.ts';
import { barePages } from '../bare/pages.ts';
import { benchWindow } from '../input/rows.ts';
import type { Prepare } from '../measure/child.ts';
import type { ExportSettings } from './settings.ts';

const answerBytes = 16 * 1024;

/**
 * The lower bound that no exporter can beat: it receives the answers' bytes, copies the finished lines in them once,
 * deflates them in the same blocks as our exporter on all processors, hashes them, and sends them with one request over
 * a bare socket. It parses, signs, checks, records and retries nothing.
 */
export const prepare: Prepare<ExportSettings, object> = async settings => async () => {
  const { s3Endpoint, bucket, accountId, level } = settings;
  const { body } = createArchive({
    lines: barePages(settings),
    format: 'ndjson',
    compression: 'zip',
    entryName: 'audit.json',
    modifiedAt: benchWindow.end,
    level,
    deflateBlock: deflateOnThreadPool,
  });
  const connection = new BareConnection(s3Endpoint, answerBytes);
  const { host } = new URL(s3Endpoint);
  await connection.send(
    `PUT /${bucket}/${accountId}.zip HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  for await (const chunk of body) {
    await connection.send(`${chunk.length.toString(16)}\r\n`);
    await connection.send(chunk);
    await connection.send('\r\n');
  }
  const { status } = await connection.ask('0\r\n\r\n');
  connection.close();
  if (status !== 200) throw new Error(`The bucket answered ${status}`);
  return {};
};
