import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainText, tableRows } from './page-tables.ts';

const projectFolder = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8');
const readJson = <Content>(path: string) => JSON.parse(read(path)) as Content;

interface Manifest {
  readonly license?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { dev?: boolean; optional?: boolean }>>;
}

const allowed = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
];
const manifest = readJson<Manifest>('package.json');
const [runtimePart = '', developmentPart = ''] = read('docs/maintainer/dependencies.md').split(
  '## For development',
);

test('version managers are told the Node that comes with the checkout', () => {
  expect(read('.node-version').trim()).toBe(manifest.devDependencies?.node);
});

describe.each([
  ['runtime', manifest.dependencies ?? {}, runtimePart],
  ['development', manifest.devDependencies ?? {}, developmentPart],
])('the dependencies for %s', (_, dependencies, page) => {
  const rows = tableRows(page)
    .slice(2)
    .map(([name, , licence]) => ({ name: plainText(name), licence }));

  test('each have their line in docs/maintainer/dependencies.md, and no other has one', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(dependencies).sort());
  });

  test('have the licence that is written there', () => {
    for (const { name, licence } of rows)
      expect(readJson<Manifest>(`node_modules/${name}/package.json`).license, name).toBe(licence);
  });

  test('are pinned', () => {
    for (const [name, version] of Object.entries(dependencies))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });
});

test('everything installed for the runtime has a licence that goes with this project’s', () => {
  const { packages } = readJson<Lock>('package-lock.json');
  const runtime = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  expect(runtime.length).toBeGreaterThan(100);
  const others = runtime.flatMap(([path]) => {
    const { license } = readJson<Manifest>(`${path}/package.json`);
    return isAllowed(license) ? [] : [`${path}: ${JSON.stringify(license)}`];
  });
  expect(others).toEqual([]);
});

test('docs/maintainer/dependencies.md names the licences that are allowed', () => {
  for (const licence of allowed) expect(developmentPart).toContain(licence);
});

/** True for an allowed licence, for a choice that contains an allowed one, and for a combination of allowed ones. */
function isAllowed(license: unknown): boolean {
  if (typeof license !== 'string') return false;
  return license
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some(choice => choice.split(' AND ').every(part => allowed.includes(part)));
}
