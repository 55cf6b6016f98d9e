import type { OcsfVersion } from '../../domain/format.ts';

/** The most bytes of a string: the limit of the schema's type `string_t`. A validator refuses an event with a longer one. */
export const longestString: Record<OcsfVersion, number> = {
  '1.1.0': 65_535,
  '1.8.0': Number.POSITIVE_INFINITY,
};
