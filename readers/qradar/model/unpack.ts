import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import type { StoredObject } from '../../model.ts';

export interface Line {
  readonly text: string;
  /** The line as JSON; `undefined` if it is none. */
  readonly record: unknown;
}

/** The lines of an object are read once, though many changed kits read it. */
const read = new WeakMap<StoredObject, readonly Line[]>();

/** The lines of an object, as LINEBYLINE reads it: unpacked by its suffix. */
export function linesOf(object: StoredObject): readonly Line[] {
  const lines = read.get(object) ?? unpacked(object).map(text => ({ text, record: parsed(text) }));
  read.set(object, lines);
  return lines;
}

function unpacked({ key, body }: StoredObject): string[] {
  const files = key.endsWith('.zip')
    ? Object.values(unzipSync(body))
    : [key.endsWith('.gz') ? gunzipSync(body) : body];
  return files.flatMap(file => new TextDecoder().decode(file).split(/\r?\n/)).filter(line => line !== '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
