import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Kit } from '../../../readers/kit.ts';
import { CommandError } from '../../terminal/command-error.ts';

/** @throws CommandError `usage` if the folder has files, or cannot become a new one */
export async function refuseUsedFolder(folder: string): Promise<void> {
  if (resolve(folder) === process.cwd())
    throw new CommandError(
      'usage',
      '--out: expected a new folder, got the one that you are in; nothing was written. Give the name of a folder in it',
    );
  const entries = await entriesOf(folder);
  if (entries.length > 0)
    throw new CommandError(
      'usage',
      `--out: ${folder} is not empty; nothing was written. Give another folder, or remove this one: existing files are never overwritten`,
    );
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return [];
    throw cannotWrite(folder, thrown);
  }
}

/**
 * Writes all files of a kit, or none: they are written into a folder beside, which then gets the folder's name.
 * @throws CommandError `usage` if they cannot be written
 */
export async function writeFolder(folder: string, kit: Kit): Promise<void> {
  const target = resolve(folder);
  const parent = dirname(target);
  let created: string | undefined;
  let unfinished: string | undefined;
  try {
    created = await mkdir(parent, { recursive: true });
    unfinished = await mkdtemp(join(parent, `.${basename(target)}-unfinished-`));
    const whole = join(unfinished, basename(target));
    for (const { path, text } of kit) {
      const file = join(whole, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await rename(whole, target);
  } catch (thrown) {
    if (created !== undefined) await rm(created, { recursive: true, force: true });
    throw cannotWrite(folder, thrown);
  } finally {
    if (unfinished !== undefined) await rm(unfinished, { recursive: true, force: true });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'you have no permission to write there',
  EPERM: 'you have no permission to write there',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  ENOTEMPTY: 'somebody else has written into it',
  EBUSY: 'it is in use; give a folder that does not exist yet',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
};

function cannotWrite(folder: string, thrown: unknown): CommandError {
  const code = codeOf(thrown);
  if (code === undefined) throw thrown;
  return new CommandError(
    'usage',
    `--out: ${folder} cannot be written: ${reasons[code] ?? code}; nothing was written`,
    { cause: thrown },
  );
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
}
