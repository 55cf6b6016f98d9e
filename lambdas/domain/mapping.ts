import { createHash } from 'node:crypto';
import type { Actions } from './actions.ts';
import type { OcsfVersion } from './format.ts';

/** Everything, apart from the rows, that decides the content of OCSF events. */
export interface Mapping {
  readonly version: OcsfVersion;
  readonly product: { readonly name: string; readonly vendor: string };
  readonly actions: Actions;
}

/** Identifies a mapping in the ledger: 16 hexadecimal digits that depend on all of it. */
export function mappingId({ version, product, actions }: Mapping): string {
  const rules = actions.map(({ kind, text, verb, outcome }) => [kind, text, verb, outcome]);
  const content = JSON.stringify([version, product.name, product.vendor, rules]);
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
