import { basename } from 'node:path';
import { entryName, type FileName, parseObjectKey } from '../../../lambdas/domain/object-key.ts';

/** What the name of a downloaded file says; `undefined` if it was renamed. */
export function parseFileName(path: string): FileName | undefined {
  const name = basename(path);
  const [, encoded] = /^audit_([\w-]+)_\d{8}T\d{6}Z(?:_\d{4,})?\.(?:zip|json\.gz)$/.exec(name) ?? [];
  return encoded === undefined ? undefined : parseObjectKey(`audit/${encoded}/${name}`);
}

/** The expected name of the file inside a zip. */
export function nameInside(name: FileName | undefined): string | undefined {
  return name?.compression === 'zip' ? entryName(name) : undefined;
}
