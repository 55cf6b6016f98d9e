import { distance } from 'fastest-levenshtein';
import { accountAttributes, destinationAttributes } from '../../../lambdas/domain/account.ts';
import { credentialLook } from '../../terminal/credential-look.ts';

/** Attributes of an import file that are not part of the record. */
export const importAttributes = ['secret', 'secretFile'] as const;

/**
 * A warning for each attribute of a record that this release does not know. Unknown attributes are allowed, because
 * other tools may use them; without the warning, a misspelled one would have no effect unnoticed: `adOnExpiresAt`
 * stops no export.
 */
export function unknownAttributes(record: unknown, more: readonly string[] = []): string[] {
  if (!isMap(record)) return [];
  const { destination } = record;
  const own = [...accountAttributes, ...more];
  const inside = destinationAttributes(isMap(destination) ? destination.type : undefined);
  // Attributes of the destination are often written beside it by mistake.
  const paths = new Map([
    ...inside.map(name => [name, inDestination(name)] as const),
    ...own.map(name => [name, name] as const),
  ]);
  return [
    ...strange(record, own).map(name => `${shown(name)} is unknown and ignored${suggestion(name, paths)}`),
    ...strange(destination, inside).map(name => {
      const known = new Map(inside.map(each => [each, inDestination(each)]));
      return `${shown(name, 'destination.')} is unknown and refused${suggestion(name, known)}`;
    }),
  ];
}

function strange(map: unknown, known: readonly string[]): string[] {
  return isMap(map) ? Object.keys(map).filter(name => !known.includes(name)) : [];
}

const inDestination = (name: string) => `destination.${name}`;

/** The name, unless it may be a pasted secret. */
function shown(name: string, path = ''): string {
  return /^[\w.:-]{1,30}$/.test(name) && credentialLook(name) === undefined
    ? `\`${path}${name}\``
    : `an attribute${path && ' of the destination'} whose name is not a plain word`;
}

/** @param paths the paths of the known names */
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
