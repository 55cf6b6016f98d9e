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

/** A folder with this file was made by a run, so the next run may empty it. */
const marker = '.made-by-siem-export';
/** Contains the id of the process that uses the folder. */
const lock = '.in-use-by';
/** The names that a run creates; nothing else is ever removed. */
const ours = ['s3', 'gcs', 'azure', 'log.ndjson', 'rows.ndjson', 'local.json', 'credentials', 'alarms'];

export class OutputFolderError extends Error {
  override readonly name = 'OutputFolderError';
}

export interface OutputFolder {
  readonly path: string;
  /** Receives the output of the functions. */
  readonly log: WriteStream;
  /** Writes the object to `<cloud>/<bucket>/<key>`. */
  write(object: StoredObject): Promise<void>;
  /** Writes the rows that must be delivered to `rows.ndjson`, in the form that `--input` reads. */
  writeRows(rows: Iterable<AuditRow>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the folder for the delivered files, and removes those of the previous run.
 * @throws OutputFolderError if the folder has files that no run made, is in use, or cannot be created
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
      if (!file.startsWith(root + sep))
        throw new OutputFolderError(`The key ${key} points outside of its bucket`);
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
        `The folder ${path} contains files that local mode did not create, so it is not emptied: choose another one with --out`,
      );
    await writeFile(join(path, marker), '');
    await hold(path);
    for (const name of ours) await rm(join(path, name), { recursive: true, force: true });
  } catch (thrown) {
    if (thrown instanceof OutputFolderError) throw thrown;
    throw new OutputFolderError(`The folder ${path} cannot be written: ${String(thrown)}`, { cause: thrown });
  }
}

/** @throws OutputFolderError while another run uses the folder, because emptying it would delete that run’s files */
async function hold(path: string): Promise<void> {
  const file = join(path, lock);
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    const holder = Number(await readFile(file, 'utf8'));
    if (holder > 0 && isRunning(holder))
      throw new OutputFolderError(
        `The folder ${path} is in use by local mode, process ${holder}: end that process, or choose another folder with --out. If the process is not local mode, delete ${file}`,
      );
    // A killed run left the file.
    await rm(file, { force: true });
    await hold(path);
  }
}

const longestFileName = 255;

/** A segment of a key as a file name; one that is too long for file systems is shortened to a unique name. */
function fileName(segment: string): string {
  if (Buffer.byteLength(segment) <= longestFileName) return segment;
  const hash = createHash('sha256').update(segment).digest('hex').slice(0, 16);
  return `${segment.slice(0, 40)}~${hash}~${segment.slice(-30)}`;
}

function* jsonLines(rows: Iterable<AuditRow>): Generator<string> {
  for (const { accountId, recordedAt, values } of rows)
    yield `${toJson({ accountId, recordedAt: toIso(recordedAt), ...values })}\n`;
}
