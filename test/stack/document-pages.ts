import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const projectFolder = join(import.meta.dirname, '../..');

/** Reads a file by its path in the project. */
export function readPage(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8');
}

/** The names in a folder of the project. */
export function namesIn(folder: string): string[] {
  return readdirSync(join(projectFolder, folder));
}

/** Every documentation page, by its path in the project. */
export const documentPages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...readdirSync(join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name))
    .sort(),
];
