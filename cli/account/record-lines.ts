import { accountAttributes, destinationAttributes } from '../../lambdas/domain/account.ts';
import { kindOf } from '../../lambdas/domain/faults.ts';
import { displayName } from '../../local/display.ts';
import type { AccountRecord } from './record-store.ts';

/** No value that is shown here is as long; a key or a whole credential is. */
const longestValue = 100;

/** What a credential has, wherever somebody pasted it. */
const secretPart = /AccountKey|SharedAccessSignature|sig=|PRIVATE KEY|secretAccessKey|AKIA|[{}]/i;

/**
 * The attributes of a record with faults as they stand, so that each value can be seen beside its fault. Of what this
 * release does not know, and of what could be a secret in the wrong place, only the kind.
 */
export function recordLines(record: AccountRecord, secretPrefix: string): string[] {
  const { accountId: _, destination, ...others } = record;
  const lines = linesOf(others, '', accountAttributes, secretPrefix);
  if (!isMap(destination)) return [...lines, line('destination', destination, false)];
  const known = destinationAttributes(destination.type);
  return [...lines, ...linesOf(destination, 'destination.', known, secretPrefix)];
}

function linesOf(map: AccountRecord, path: string, known: readonly string[], secretPrefix: string): string[] {
  return Object.entries(map).map(([name, value]) =>
    line(`${path}${displayName(name)}`, value, known.includes(name) && isHarmless(name, value, secretPrefix)),
  );
}

function line(name: string, value: unknown, shown: boolean): string {
  if (!shown) return `${name}: (${kindOf(value)}, not shown)`;
  return `${name}: ${displayName(JSON.stringify(value), Number.POSITIVE_INFINITY)}`;
}

function isHarmless(name: string, value: unknown, secretPrefix: string): boolean {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return true;
  if (typeof value !== 'string') return false;
  if (name === 'secretId' && !value.startsWith(secretPrefix)) return false;
  return value.length <= longestValue && !secretPart.test(value);
}

function isMap(value: unknown): value is AccountRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
