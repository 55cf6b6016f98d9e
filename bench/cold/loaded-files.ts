import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Prepare } from '../measure/child.ts';
import { prepare as prepareInvocation } from './first-invocation.ts';
import type { ColdSettings } from './settings.ts';

/** The files of a bundle that a first invocation loads. */
export interface Loaded {
  readonly bytes: number;
  /** The packages whose code the files contain, read from their source maps. */
  readonly packages: readonly string[];
}

/**
 * Records which files a first invocation loads. The recording costs time, so this run is never timed. The function
 * loads the driver itself.
 */
export const prepare: Prepare<ColdSettings, Loaded> = async settings => {
  const files = new Set<string>();
  registerHooks({
    load(url, context, next) {
      if (url.startsWith('file:') && url.includes(settings.bundle)) files.add(fileURLToPath(url));
      return next(url, context);
    },
  });
  const invoke = await prepareInvocation({ ...settings, driver: undefined });
  return async () => {
    await invoke();
    return {
      bytes: [...files].reduce((bytes, file) => bytes + readFileSync(file).length, 0),
      packages: [...new Set([...files].flatMap(packagesIn))].sort(),
    };
  };
};

function packagesIn(file: string): string[] {
  const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
  return sources.flatMap(source => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
}
