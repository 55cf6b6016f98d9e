import { basename } from 'node:path';
import { type Compression, compression } from '../../../lambdas/domain/format.ts';
import {
  entryName,
  type FileName,
  fileSuffixes,
  parseObjectKey,
} from '../../../lambdas/domain/object-key.ts';

/** What the name of a downloaded file says; `undefined` if it was renamed. */
export function parseFileName(path: string): FileName | undefined {
  const name = basename(path);
  const [, encoded] = /^audit_([\w-]+)_\d{8}T\d{6}Z(?:_\d{4,})?\.(?:zip|json\.gz|json)$/.exec(name) ?? [];
  return encoded === undefined ? undefined : parseObjectKey(`audit/${encoded}/${name}`);
}

/** How a file is packed, by the end of its name; `undefined` if the exporter writes no such files. */
export function packingOf(path: string): Compression | undefined {
  const name = basename(path);
  return compression.options.find(packing => name.endsWith(fileSuffixes[packing]));
}

/** The expected name of the file inside a zip. */
export function nameInside(name: FileName | undefined): string | undefined {
  return name?.compression === 'zip' ? entryName(name) : undefined;
}
