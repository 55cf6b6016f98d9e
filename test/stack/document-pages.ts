import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const projectFolder = join(import.meta.dirname, '../..');

/** A file of the project, by its path from the project's folder. */
export function readPage(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8');
}

/** The names in a folder of the project. */
export function namesIn(folder: string): string[] {
  return readdirSync(join(projectFolder, folder));
}

/** Every page that people read, by its path from the project's folder. */
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
