import { globSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const repository = join(import.meta.dirname, '../..');

/** What each folder of a tree may import from, beside itself: folders, single files, or `.`, the files at its root. */
type Arrows = Readonly<Record<string, readonly string[]>>;

/** Only tests import from `test`. */
const allowedOutside: Arrows = {
  lambdas: [],
  readers: ['lambdas'],
  lib: ['lambdas', 'readers'],
  cli: ['lib', 'lambdas', 'readers'],
  local: ['cli', 'lib', 'lambdas', 'readers'],
  bench: ['local', 'cli', 'lib', 'lambdas'],
  bin: ['local', 'cli', 'lib'],
};

/** The arrows of docs/maintainer/architecture.md. */
const allowed: Arrows = {
  domain: [],
  '.': ['domain'],
  archive: ['domain'],
  buckets: ['domain'],
  // Ports are interfaces: adapters implement them.
  aws: ['domain', 'archive', 'exporter/ports.ts', 'watchdog/ports.ts', '.'],
  dispatcher: ['domain', 'aws', '.'],
  watchdog: ['domain', 'aws', '.'],
  exporter: ['domain', 'archive', 'buckets', 'aws', '.'],
};

const allowedInCli: Arrows = {
  terminal: [],
  stage: ['terminal'],
  commands: ['stage', 'terminal', 'run.ts'],
  '.': ['commands', 'stage', 'terminal'],
};

/** Packages without side effects; `node:crypto` is for digests only. */
const purePackages = new Set(['luxon', 'node:crypto', 'zod']);

const sources = new Map(
  globSync(`{${Object.keys(allowedOutside)},test}/**/*.ts`, { cwd: repository }).map(file => [
    file,
    readFileSync(join(repository, file), 'utf8'),
  ]),
);

/** The imports of each file, including types: files by path, packages by name. */
const imports = new Map([...sources].map(([file, source]) => [file, importsOf(file, source)]));

function importsOf(file: string, source: string): readonly string[] {
  return [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, from = '']) =>
    from.startsWith('.') ? normalize(join(file, '..', from)) : from,
  );
}

/** The imports within a tree (`''`: the repository) that are not allowed. */
function againstArrows(tree: string, arrows: Arrows): string[] {
  const folderOf = (path: string) => {
    const [first = '', second] = path.slice(tree.length).split('/');
    return second === undefined ? '.' : first;
  };
  return [...imports]
    .filter(([file]) => file.startsWith(tree))
    .flatMap(([file, targets]) => {
      const folder = folderOf(file);
      const reachable = [folder, ...(arrows[folder] ?? [])];
      return targets
        .filter(target => target.startsWith(tree) && target.endsWith('.ts'))
        .filter(
          target => !reachable.includes(folderOf(target)) && !reachable.includes(target.slice(tree.length)),
        )
        .map(target => `${file} → ${target}`);
    });
}

/** At least one cycle of a graph, if there is any. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    else if (!done.has(file)) for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

describe('the imports of the whole', () => {
  it('run one way', () => {
    expect(againstArrows('', { ...allowedOutside, test: Object.keys(allowedOutside) })).toEqual([]);
  });

  it('run in no cycle, of types neither', () => {
    expect(findCycles(imports)).toEqual([]);
  });

  it('are found at all', () => {
    const found = [...imports.values()].flat().filter(target => sources.has(target));
    expect(found.length).toBeGreaterThan(1_000);
    expect(importsOf('a/b.ts', "import './c.ts';\nconst d = await import('../d.ts');")).toEqual([
      'a/c.ts',
      'd.ts',
    ]);
  });
});

describe('a cycle', () => {
  it.each([
    ['of two', { a: ['b'], b: ['a'] }, ['a → b → a']],
    ['of a file with itself', { a: ['b'], b: ['b'] }, ['b → b']],
    ['behind other files', { a: ['b', 'c'], b: ['c'], c: ['d'], d: ['b'] }, ['b → c → d → b']],
  ])('%s is found', (_, graph, cycles) => {
    expect(findCycles(new Map(Object.entries(graph)))).toEqual(cycles);
  });
});

describe('the imports of the functions', () => {
  it('run one way', () => {
    expect(againstArrows('lambdas/', allowed)).toEqual([]);
  });

  it('lead from the ports to no adapter', () => {
    const pure = /^lambdas\/(domain\/|archive\/(deflate|page)\.ts|buckets\/bucket\.ts)/;
    for (const ports of ['exporter', 'watchdog']) {
      const targets = imports.get(`lambdas/${ports}/ports.ts`) ?? [];
      expect(targets).not.toEqual([]);
      expect(targets.filter(target => !pure.test(target))).toEqual([]);
    }
  });

  it('keep the domain pure: no SDK, no clock, no environment', () => {
    const domain = [...sources.keys()].filter(file => file.startsWith('lambdas/domain/'));
    const packages = domain.flatMap(file => imports.get(file) ?? []).filter(target => !sources.has(target));
    expect(packages.filter(name => !purePackages.has(name))).toEqual([]);
    const impure = /Date\.now|new Date\(\)|process\.|Math\.random|random(UUID|Bytes|Int)/;
    expect(domain.filter(file => impure.test(sources.get(file) ?? ''))).toEqual([]);
  });
});

describe('the imports of the command line', () => {
  it('run one way', () => {
    expect(againstArrows('cli/', allowedInCli)).toEqual([]);
  });

  it('lead to a command from the program only', () => {
    const isCommand = (file: string) => /^export function register/m.test(sources.get(file) ?? '');
    const importers = [...imports].filter(([, targets]) => targets.some(isCommand));
    expect(importers.map(([file]) => file)).toEqual(['cli/program.ts']);
  });
});
