import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

type Item = Record<string, AttributeValue>;

/**
 * An item's attributes as plain values. One that has no plain value (a number of too many digits, a type of a later
 * DynamoDB) stays as DynamoDB writes it: whoever checks the item then names that attribute, where an error here would end
 * the reading of all the items beside it.
 */
export function valuesOf(
  item: Item,
  options: Parameters<typeof unmarshall>[1] = {},
): Record<string, unknown> {
  try {
    return unmarshall(item, options);
  } catch {
    return Object.fromEntries(
      Object.entries(item).map(([name, value]) => [name, valueOr(name, value, options)]),
    );
  }
}

function valueOr(name: string, value: AttributeValue, options: Parameters<typeof unmarshall>[1]): unknown {
  try {
    return unmarshall({ [name]: value }, options)[name];
  } catch {
    return value;
  }
}
