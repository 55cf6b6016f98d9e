import type { Product } from '../kit.ts';

/**
 * The log type that the customer enters in Google SecOps, such as `EXAMPLE_SAAS_AUDIT`. It is named after the product, so
 * that the kits of two vendors do not share a parser.
 */
export function enteredLogType(product: Product): string {
  const words = product.name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toUpperCase()
    .match(/[A-Z0-9]+/g);
  const name = [...(words ?? ['SIEM_EXPORT']), 'AUDIT'].join('_');
  // The names of the rules begin with it, and a name begins with a letter.
  return /^\d/.test(name) ? `SAAS_${name}` : name;
}

/** Google SecOps adds `_CUSTOM` to the name of a log type that a customer creates. Feeds, searches and rules use this name. */
export function logType(product: Product): string {
  return `${enteredLogType(product)}_CUSTOM`;
}
