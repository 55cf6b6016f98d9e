import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { defaultActionsFile } from '../readers/actions-file.ts';

export const functionNames = ['dispatcher', 'exporter', 'watchdog'] as const;
export type FunctionName = (typeof functionNames)[number];

const projectFolder = join(import.meta.dirname, '..');

export interface BuildOptions {
  /** The folder with `<function>/handler.ts`; the project's `lambdas` by default. */
  readonly sourceFolder?: string;
  /** The folder for `<function>/index.mjs` and its chunks; the project's `dist` by default. */
  readonly outputFolder?: string;
  /** The vendor's rules for actions, which become part of the exporter's code. */
  readonly actionsFile?: string;
}

/**
 * Bundles each function with all its dependencies, including the AWS SDK, so that the deployed code is the tested code.
 *
 * A module that a handler imports on demand becomes a separate chunk, so the SDK of a cloud is loaded only when an
 * account needs it. The output depends only on the sources, so an unchanged function keeps its asset hash.
 *
 * @returns the folder of each bundle
 */
export function buildFunctions({
  sourceFolder = join(projectFolder, 'lambdas'),
  outputFolder = join(projectFolder, 'dist'),
  actionsFile = defaultActionsFile,
}: BuildOptions = {}): Record<FunctionName, string> {
  const build = (name: FunctionName) =>
    bundle(join(sourceFolder, name, 'handler.ts'), join(outputFolder, name), resolve(actionsFile));
  return { dispatcher: build('dispatcher'), exporter: build('exporter'), watchdog: build('watchdog') };
}

/** Bundles one entry into `index.mjs` and its chunks, with the options of the functions. */
export function bundle(entry: string, outputFolder: string, actionsFile = defaultActionsFile): string {
  // Chunks have a hash in their names. Without this, chunks of an earlier build would remain in the asset.
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
    alias: { '#actions': actionsFile },
    mainFields: ['module', 'main'],
    // CommonJS packages inside an ES module need a `require`. The imported name must differ from those in all packages.
    banner: {
      js: "import { createRequire as createBundleRequire } from 'node:module';const require = createBundleRequire(import.meta.url);",
    },
    minify: true,
    // Code distinguishes error classes by their names, which minifying would change.
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
