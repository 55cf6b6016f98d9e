import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFunctions, functionNames } from '../../lib/build-functions.ts';

const folder = mkdtempSync(join(tmpdir(), 'siem-export-build-'));
const sourceFolder = join(folder, 'lambdas');
const outputFolder = join(folder, 'dist');

beforeAll(() => {
  for (const name of functionNames) {
    mkdirSync(join(sourceFolder, name), { recursive: true });
    writeFileSync(join(sourceFolder, name, 'old-style.cjs'), "exports.separator = require('node:path').sep;");
    writeFileSync(
      join(sourceFolder, name, 'on-demand.ts'),
      'export class VeryLongNamedError extends Error {}',
    );
    writeFileSync(
      join(sourceFolder, name, 'handler.ts'),
      `import { separator } from './old-style.cjs';
       export const handler = async () => separator + (await import('./on-demand.ts')).VeryLongNamedError.name;`,
    );
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the built functions', () => {
  test('run from their folder alone, with packages of the old kind in them and names kept', () => {
    const { exporter } = buildFunctions({ sourceFolder, outputFolder });
    const script = "console.log(await (await import('./index.mjs')).handler());";
    writeFileSync(join(exporter, 'run.mjs'), script);
    const printed = execFileSync(process.execPath, ['run.mjs'], {
      cwd: exporter,
      timeout: 20_000,
      encoding: 'utf8',
    });
    expect(printed.trim()).toBe('/VeryLongNamedError');
  });

  test('load on demand what is imported on demand', () => {
    const { exporter } = buildFunctions({ sourceFolder, outputFolder });
    expect(readFileSync(join(exporter, 'index.mjs'), 'utf8')).not.toContain('extends Error');
    expect(readdirSync(join(exporter, 'chunks')).filter(name => name.startsWith('on-demand-'))).not.toEqual(
      [],
    );
  });

  test('are the same bytes each time, with nothing left of the time before', () => {
    const first = contentOf(buildFunctions({ sourceFolder, outputFolder }).dispatcher);
    writeFileSync(join(outputFolder, 'dispatcher', 'chunks', 'stale.mjs'), '');
    expect(contentOf(buildFunctions({ sourceFolder, outputFolder }).dispatcher)).toEqual(first);
  });

  test('have source maps without the sources', () => {
    const { watchdog } = buildFunctions({ sourceFolder, outputFolder });
    const map = JSON.parse(readFileSync(join(watchdog, 'index.mjs.map'), 'utf8')) as Record<string, unknown>;
    expect(map).not.toHaveProperty('sourcesContent');
  });
});

function contentOf(built: string): Record<string, string> {
  const names = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.(mjs|map)$/.test(name),
  );
  return Object.fromEntries(names.sort().map(name => [name, readFileSync(join(built, name), 'utf8')]));
}
