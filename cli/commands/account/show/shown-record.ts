import { accountAttributes, destinationAttributes } from '../../../../lambdas/domain/account.ts';
import { kindOf } from '../../../../lambdas/domain/faults.ts';
import type { AccountRecord } from '../../../stage/account/account-record.ts';
import { displayName } from '../../../terminal/display.ts';

/** A harmless value is shorter than this; a key or a credential may be longer. */
const longestValue = 100;

/** Parts of credentials, in whatever attribute they were pasted. */
const secretPart = /AccountKey|SharedAccessSignature|sig=|PRIVATE KEY|secretAccessKey|AKIA|[{}]/i;

/**
 * An invalid record, so that each value is visible beside its fault. A value may be a secret in the wrong place: of
 * an unknown attribute, and of a value that may be a secret, only the kind is shown.
 */
export function shownRecord({ destination, ...own }: AccountRecord, secretPrefix: string): AccountRecord {
  const shown = shownMap(own, accountAttributes, secretPrefix);
  if (destination === undefined) return shown;
  const known = isMap(destination) ? destinationAttributes(destination.type) : [];
  return {
    ...shown,
    destination: isMap(destination) ? shownMap(destination, known, secretPrefix) : hidden(destination),
  };
}

/** The same as text, one attribute per line, without the account id. */
export function recordLines(record: AccountRecord, secretPrefix: string): string[] {
  const { accountId: _, destination, ...own } = shownRecord(record, secretPrefix);
  const inside = isMap(destination)
    ? Object.entries(destination).map(([name, value]) => [`destination.${name}`, value] as const)
    : Object.entries({ ...(destination !== undefined && { destination }) });
  return [...Object.entries(own), ...inside].map(([name, value]) => {
    const text = typeof value === 'string' && hiddenText.test(value) ? value : JSON.stringify(value);
    return `${displayName(name)}: ${displayName(text, Number.POSITIVE_INFINITY)}`;
  });
}

function shownMap(map: AccountRecord, known: readonly string[], secretPrefix: string): AccountRecord {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [
      name,
      known.includes(name) && isHarmless(name, value, secretPrefix) ? value : hidden(value),
    ]),
  );
}

const hidden = (value: unknown) => `(${kindOf(value)}, not shown)`;
const hiddenText = /^\([a-z ]+, not shown\)$/;

function isHarmless(name: string, value: unknown, secretPrefix: string): boolean {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return true;
  if (typeof value !== 'string') return false;
  if (name === 'secretId' && !value.startsWith(secretPrefix)) return false;
  return value.length <= longestValue && !secretPart.test(value);
}

function isMap(value: unknown): value is AccountRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
