import { NoTextError } from './text-file.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
};

/** Why a file cannot be read, in words. */
export function whyUnreadable(thrown: unknown): string {
  if (thrown instanceof NoTextError) return thrown.message;
  const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
  return reasons[code] ?? code;
}
