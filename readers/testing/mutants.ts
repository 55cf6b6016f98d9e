import type { Kit, KitFile } from '../kit.ts';

/** A kit with one change. */
export interface Mutant {
  /** The file and what was changed in it. */
  readonly name: string;
  readonly kit: Kit;
}

/** Kits with one value changed or left out: each leaf of JSON, and each line of any other file but the README. */
export function mutantsOf(kit: Kit): Mutant[] {
  return kit
    .filter(({ path }) => path !== 'README.md')
    .flatMap(file =>
      textsOf(file).map(({ name, text }) => ({
        name: `${file.path}: ${name}`,
        kit: kit.map(other => (other === file ? { ...file, text } : other)),
      })),
    );
}

function textsOf({ path, text }: KitFile): { name: string; text: string }[] {
  return path.endsWith('.json') ? jsonMutants(text) : lineMutants(text);
}

function jsonMutants(text: string) {
  return leavesOf(JSON.parse(text)).flatMap(path =>
    (['removed', 'changed'] as const).map(how => ({
      name: `${path.join('.')} ${how}`,
      text: JSON.stringify(changed(JSON.parse(text), path, how), null, 2),
    })),
  );
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

function leavesOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Object.entries(value);
  return members.length === 0
    ? [path]
    : members.flatMap(([name, member]) => leavesOf(member, [...path, name]));
}

function changed(value: Json, [name, ...rest]: readonly string[], how: 'removed' | 'changed'): Json {
  if (name === undefined) return otherThan(value);
  if (typeof value !== 'object' || value === null) throw new TypeError('The path leads nowhere');
  const members = value as { [name: string]: Json };
  if (rest.length > 0 || how === 'changed') {
    members[name] = changed(members[name] as Json, rest, how);
    return value;
  }
  if (Array.isArray(value)) return value.filter((_, index) => index !== Number(name));
  delete members[name];
  return value;
}

function otherThan(value: Json): Json {
  if (typeof value === 'string') return `${value}x`;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return 'x';
}

/** Blank lines and comments do not matter. */
const unimportant = /^\s*(#|\/\/|<!--|$)/;

function lineMutants(text: string) {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (unimportant.test(line)) return [];
    const label = `line ${index + 1} (${line.trim().slice(0, 60)})`;
    return [
      { name: `${label} removed`, text: lines.toSpliced(index, 1).join('\n') },
      { name: `${label} changed`, text: lines.toSpliced(index, 1, otherLine(line)).join('\n') },
    ];
  });
}

/** Changes the last letter or digit of a line, so that its punctuation stays as it is. */
function otherLine(line: string): string {
  const replaced = line.replace(/([A-Za-z0-9])([^A-Za-z0-9]*)$/, (_, last, rest) => `${other(last)}${rest}`);
  return replaced === line ? `${line}x` : replaced;
}

function other(character: string): string {
  if (/\d/.test(character)) return String((Number(character) + 1) % 10);
  return character === 'x' || character === 'X' ? 'y' : 'x';
}
