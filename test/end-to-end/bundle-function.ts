import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LambdaFunction, LambdaFunctionOptions } from '../../local/functions/lambda-function.ts';
import type { Reply, Request } from './bundle-process.ts';

/** A built function in a process of its own. */
export interface BundleFunction extends LambdaFunction {
  /** The packages with code in the files of the bundle that were loaded so far. */
  loadedPackages(): Promise<ReadonlySet<string>>;
}

interface BundleOptions extends Omit<LambdaFunctionOptions, 'module'> {
  /** The folder with `index.mjs`; it is the working directory of the process. */
  readonly folder: string;
}

/**
 * Loads the bundle as Lambda does: in a folder without other files, and in a new process with only the function’s
 * variables.
 * @throws Error with the output of the process if the bundle cannot be loaded
 */
export async function startBundle({
  folder,
  environment,
  timeout,
  log,
}: BundleOptions): Promise<BundleFunction> {
  const bundle = pathToFileURL(join(folder, 'index.mjs')).href;
  const child = fork(fileURLToPath(new URL('./bundle-process.ts', import.meta.url)), [bundle], {
    cwd: folder,
    env: { NODE_OPTIONS: '--enable-source-maps', ...environment },
    execArgv: [],
    silent: true,
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  await started(child);

  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  child.on('message', (reply: Reply) => {
    const { resolve, reject } = waiting.get(reply.id) ?? {};
    waiting.delete(reply.id);
    if ('error' in reply) reject?.(new Error(reply.error));
    else resolve?.(reply.result);
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('The process has ended'));
  });
  let requests = 0;
  const ask = (request: { event: unknown; timeout: number } | { loaded: true }) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++requests;
      waiting.set(id, { resolve, reject });
      child.send({ id, ...request } satisfies Request);
    });

  return {
    invoke: event => ask({ event, timeout }),
    async loadedPackages() {
      const urls = (await ask({ loaded: true })) as string[];
      const files = urls
        .filter(url => url.startsWith(pathToFileURL(folder).href))
        .map(url => fileURLToPath(url));
      return new Set(files.flatMap(packagesIn));
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function started(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', chunk => {
    said += String(chunk);
  });
  const ended = new AbortController();
  const { signal } = ended;
  const ready = once(child, 'message', { signal });
  const failed = once(child, 'close', { signal }).then(() => {
    throw new Error(`The bundle could not be loaded: ${said}`);
  });
  try {
    await Promise.race([ready, failed]);
  } finally {
    ended.abort();
    await Promise.allSettled([ready, failed]);
  }
}

/** Reads the source map beside the file: `@scope/name` or `name` of every source under `node_modules`. */
function packagesIn(file: string): string[] {
  const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
  return sources.flatMap(source => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
    return name === undefined ? [] : [name];
  });
}
