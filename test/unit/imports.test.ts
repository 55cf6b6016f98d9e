import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const root = join(repository, 'lambdas');

/** The same of the repository's folders; nothing but tests imports from `test`. */
const allowedOutside: Readonly<Record<string, readonly string[]>> = {
  lambdas: [],
  lib: ['lambdas'],
  cli: ['lib', 'lambdas'],
  local: ['cli', 'lib', 'lambdas'],
  bench: ['local', 'cli', 'lib', 'lambdas'],
  bin: ['local', 'cli', 'lib'],
};

/** What each folder may import from, beside itself: the arrows of docs/architecture.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  '.': ['domain'],
  archive: ['domain'],
  buckets: ['domain'],
  aws: ['domain', 'archive', '.'],
  dispatcher: ['domain', 'aws', '.'],
  watchdog: ['domain', 'aws', '.'],
  exporter: ['domain', 'archive', 'buckets', 'aws', '.'],
};

/** Interfaces that adapters implement: they import no adapter themselves. */
const ports = new Set(['exporter/ports.ts', 'watchdog/ports.ts']);

/** Of the packages, those that touch nothing outside. */
const purePackages = new Set(['luxon', 'zod']);

interface Import {
  readonly file: string;
  readonly from: string;
}

const imports = importsBelow(root);

function importsBelow(folder: string): readonly Import[] {
  return globSync('**/*.ts', { cwd: folder }).flatMap(file =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
      ([, from = '']): Import => ({ file, from }),
    ),
  );
}

function folderOf(path: string): string {
  const [first = '', second] = path.split('/');
  return second === undefined ? '.' : first;
}

describe('the imports of the whole', () => {
  it.each(Object.entries(allowedOutside))('run one way from %s', (folder, targets) => {
    const within = join(repository, folder);
    const backward = importsBelow(within).filter(({ file, from }) => {
      if (!from.startsWith('.') || from.endsWith('package.json')) return false;
      const [target = ''] = relative(repository, join(within, dirname(file), from)).split('/');
      return target !== folder && !targets.includes(target);
    });
    expect(backward).toEqual([]);
  });
});

describe('the imports of the functions', () => {
  it('run one way', () => {
    const backward = imports.filter(({ file, from }) => {
      if (!from.startsWith('.')) return false;
      const path = relative(root, join(root, dirname(file), from));
      if (ports.has(path)) return false;
      const target = folderOf(path);
      return target !== folderOf(file) && !allowed[folderOf(file)]?.includes(target);
    });
    expect(backward).toEqual([]);
  });

  it('keep the domain pure: no SDK, no clock, no environment', () => {
    const impure = imports.filter(
      ({ file, from }) => folderOf(file) === 'domain' && !from.startsWith('.') && !purePackages.has(from),
    );
    expect(impure).toEqual([]);
    const sources = globSync('domain/*.ts', { cwd: root }).map(file =>
      readFileSync(join(root, file), 'utf8'),
    );
    expect(sources.filter(source => /Date\.now|new Date\(\)|process\.|Math\.random/.test(source))).toEqual(
      [],
    );
  });

  it('lead from the ports to no adapter', () => {
    const fromPorts = imports.filter(({ file }) => ports.has(file));
    const targets = fromPorts.map(({ file, from }) => relative(root, join(root, dirname(file), from)));
    expect(targets.length).toBeGreaterThan(10);
    const types = ['archive/deflate.ts', 'archive/page.ts', 'buckets/bucket.ts'];
    expect(targets.filter(target => !target.startsWith('domain/') && !types.includes(target))).toEqual([]);
  });

  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(200);
  });
});
