import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import type { KitInput } from '../kit.ts';

/** The name of the log source type and of its extension. Event mappings belong to a type, so each product has its own. */
export function logSourceType({ product }: KitInput): string {
  return `${product.name} audit log`;
}

/** Unique among the log sources of a QRadar: two with one identifier would be taken for one. */
export function logSourceIdentifier({ accountId }: KitInput): string {
  return `siem-export-${encodeAccountId(accountId)}`;
}

/** The second half of the key of an event mapping. The extension gives it to every event. */
export const eventCategory = 'siem-export';

/** The custom properties that hold what QRadar has no field for: the name, and the place in the record. */
export const properties = [
  { name: 'Audit Export Action', expression: '/"Action"' },
  { name: 'Audit Export Action ID', expression: '/"Action ID"' },
  { name: 'Audit Export Description', expression: '/"Description"' },
  // QRadar's own field takes no IPv6 address here, and no text that is not an address.
  { name: 'Audit Export Client Address', expression: '/"IP Address"' },
] as const;
