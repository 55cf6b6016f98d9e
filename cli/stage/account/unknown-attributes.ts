import { distance } from 'fastest-levenshtein';
import { accountAttributes, destinationAttributes } from '../../../lambdas/domain/account.ts';
import { credentialLook } from '../../terminal/credential-look.ts';

/** What an import file may have beside the attributes of a record. */
export const importAttributes = ['secret', 'secretFile'] as const;

/**
 * Tells of each attribute of a record that this release does not know. Those of other tools are tolerated, so a typing
 * error in one of ours would otherwise be silent: `adOnExpiresAt` stops no export.
 */
export function unknownAttributes(record: unknown, more: readonly string[] = []): string[] {
  if (!isMap(record)) return [];
  const { destination } = record;
  const own = [...accountAttributes, ...more];
  const inside = destinationAttributes(isMap(destination) ? destination.type : undefined);
  // What belongs into the destination is easily written beside it.
  const paths = new Map([
    ...inside.map(name => [name, inDestination(name)] as const),
    ...own.map(name => [name, name] as const),
  ]);
  return [
    ...strange(record, own).map(name => `${shown(name)} is not known and ignored${suggestion(name, paths)}`),
    ...strange(destination, inside).map(name => {
      const known = new Map(inside.map(each => [each, inDestination(each)]));
      return `${shown(name, 'destination.')} is not known and refused${suggestion(name, known)}`;
    }),
  ];
}

function strange(map: unknown, known: readonly string[]): string[] {
  return isMap(map) ? Object.keys(map).filter(name => !known.includes(name)) : [];
}

const inDestination = (name: string) => `destination.${name}`;

/** The name, unless it could as well be a value pasted into the wrong place. */
function shown(name: string, path = ''): string {
  return /^[\w.:-]{1,30}$/.test(name) && credentialLook(name) === undefined
    ? `\`${path}${name}\``
    : `an attribute${path && ' of the destination'} whose name is no plain word`;
}

/** @param paths of the known names, where each stands in the record */
function suggestion(name: string, paths: ReadonlyMap<string, string>): string {
  const [nearest] = [...paths]
    .map(([known, path]) => ({
      known,
      path,
      letters: distance(name.toLowerCase(), known.toLowerCase()),
    }))
    .filter(({ known, letters }) => letters <= Math.min(known.length / 3, 3))
    .sort((one, other) => one.letters - other.letters);
  return nearest === undefined ? '' : `; did you mean \`${nearest.path}\`?`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
