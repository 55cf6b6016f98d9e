import { NoTextError } from './text-file.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you have no permission to read it',
  EPERM: 'you have no permission to read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
};

/** The reason why a file cannot be read. */
export function whyUnreadable(thrown: unknown): string {
  if (thrown instanceof NoTextError) return thrown.message;
  const { code = 'unknown' } = thrown as NodeJS.ErrnoException;
  return reasons[code] ?? code;
}
