import type { Actions } from '../../domain/actions.ts';

/** The releases of the schema that events can have. Amazon Security Lake takes 1.1.0. */
export const ocsfVersions = ['1.1.0', '1.8.0'] as const;
export type OcsfVersion = (typeof ocsfVersions)[number];

/** The most bytes of a string: the limit of the schema's type `string_t`. A validator refuses an event with a longer one. */
export const longestString: Record<OcsfVersion, number> = {
  '1.1.0': 65_535,
  '1.8.0': Number.POSITIVE_INFINITY,
};

export interface OcsfSettings {
  readonly version: OcsfVersion;
  /** The SaaS product whose audit log is exported. */
  readonly product: { readonly name: string; readonly vendor: string };
  /** The vendor's rules that say what an Action does. */
  readonly actions: Actions;
}
