import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

export const functionNames = ['dispatcher', 'exporter', 'watchdog'] as const;
export type FunctionName = (typeof functionNames)[number];

const projectFolder = join(import.meta.dirname, '..');

export interface BuildOptions {
  /** Has `<function>/handler.ts`; the project's own `lambdas` by default. */
  readonly sourceFolder?: string;
  /** Receives `<function>/index.mjs` and its chunks; the project's `dist` by default. */
  readonly outputFolder?: string;
}

/**
 * Bundles each function with everything it needs, the AWS SDK included, so that what was tested is what runs.
 *
 * What a handler imports on demand becomes a chunk of its own, so the SDK of a cloud is read when the first account
 * needs it. The output depends on the sources only, so an unchanged function keeps its asset hash.
 *
 * @returns the folder of each bundle
 */
export function buildFunctions({
  sourceFolder = join(projectFolder, 'lambdas'),
  outputFolder = join(projectFolder, 'dist'),
}: BuildOptions = {}): Record<FunctionName, string> {
  const build = (name: FunctionName) =>
    bundle(join(sourceFolder, name, 'handler.ts'), join(outputFolder, name));
  return { dispatcher: build('dispatcher'), exporter: build('exporter'), watchdog: build('watchdog') };
}

/** Bundles one entry into `index.mjs` and its chunks, as the functions are bundled. */
export function bundle(entry: string, outputFolder: string): string {
  // Chunks carry a hash in their names, so those of an earlier build would stay in the asset.
  rmSync(outputFolder, { recursive: true, force: true });
  buildSync({
    absWorkingDir: projectFolder,
    entryPoints: [{ in: entry, out: 'index' }],
    outdir: outputFolder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // CommonJS packages inside an ES module need a `require`. The import's own name is one that no package uses.
    banner: {
      js: "import { createRequire as createBundleRequire } from 'node:module';const require = createBundleRequire(import.meta.url);",
    },
    minify: true,
    // Error classes are told apart by their names, which minifying would change.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
  });
  return outputFolder;
}

if (import.meta.main) for (const folder of Object.values(buildFunctions())) console.log(folder);
