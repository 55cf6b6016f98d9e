import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { isRunning } from '../../cli/stage/target/state-file.ts';
import { toJson } from '../../lambdas/domain/audit-record.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import type { AuditRow } from '../account.ts';
import type { StoredObject } from './stored-objects.ts';

/** Marks a folder as one that a run has made and the next one may empty. */
const marker = '.made-by-siem-export';
/** Holds the id of the process that uses the folder. */
const lock = '.in-use-by';
/** What a run puts there; nothing else is ever removed. */
const ours = ['s3', 'gcs', 'azure', 'log.ndjson', 'rows.ndjson', 'local.json', 'credentials', 'alarms'];

/** The folder cannot be used. */
export class OutputFolderError extends Error {
  override readonly name = 'OutputFolderError';
}

export interface OutputFolder {
  readonly path: string;
  /** What the functions write to their output. */
  readonly log: WriteStream;
  /** Writes the object to `<cloud>/<bucket>/<key>`. */
  write(object: StoredObject): Promise<void>;
  /** Writes the rows that have to arrive to `rows.ndjson`, in the form that `--input` reads. */
  writeRows(rows: Iterable<AuditRow>): Promise<void>;
  close(): Promise<void>;
}

/**
 * The folder for what is delivered, without anything of the run before.
 * @throws OutputFolderError if there is a folder with files that no run has made, or one in use, or none can be made
 */
export async function openOutputFolder(folder: string): Promise<OutputFolder> {
  const path = resolve(folder);
  await claim(path);
  const release = () => rm(join(path, lock), { force: true });
  const log = createWriteStream(join(path, 'log.ndjson'));
  return {
    path,
    log,
    async write({ cloud, bucket, key, body }) {
      const root = join(path, cloud, bucket);
      const file = join(root, ...key.split('/').map(fileName));
      if (!file.startsWith(root + sep)) throw new OutputFolderError(`The key ${key} leads out of its bucket`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body);
    },
    writeRows: rows => writeFile(join(path, 'rows.ndjson'), jsonLines(rows)),
    async close() {
      const closed = once(log, 'close');
      log.end();
      await closed;
      await release();
    },
  };
}

async function claim(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    const entries = await readdir(path);
    if (entries.length > 0 && !entries.includes(marker))
      throw new OutputFolderError(
        `The folder ${path} holds files that are not of a run of local mode, so it is left alone: name another one with --out`,
      );
    await writeFile(join(path, marker), '');
    await hold(path);
    for (const name of ours) await rm(join(path, name), { recursive: true, force: true });
  } catch (thrown) {
    if (thrown instanceof OutputFolderError) throw thrown;
    throw new OutputFolderError(`The folder ${path} cannot be written: ${String(thrown)}`, { cause: thrown });
  }
}

/** @throws OutputFolderError while a run uses the folder: it would lose what it works on */
async function hold(path: string): Promise<void> {
  const file = join(path, lock);
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    const holder = Number(await readFile(file, 'utf8'));
    if (holder > 0 && isRunning(holder))
      throw new OutputFolderError(
        `The folder ${path} is in use by local mode, process ${holder}: end that one, or name another folder with --out. If that process is something else, delete ${file}`,
      );
    // Left by one that was killed.
    await rm(file, { force: true });
    await hold(path);
  }
}

const longestFileName = 255;

/** A part of a key as a file's name; one that no file system takes is shortened, and still unlike any other. */
function fileName(segment: string): string {
  if (Buffer.byteLength(segment) <= longestFileName) return segment;
  const hash = createHash('sha256').update(segment).digest('hex').slice(0, 16);
  return `${segment.slice(0, 40)}~${hash}~${segment.slice(-30)}`;
}

function* jsonLines(rows: Iterable<AuditRow>): Generator<string> {
  for (const { accountId, recordedAt, values } of rows)
    yield `${toJson({ accountId, recordedAt: toIso(recordedAt), ...values })}\n`;
}
