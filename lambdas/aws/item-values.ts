import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';

type Item = Record<string, AttributeValue>;

/**
 * An item's attributes as plain values. An attribute that cannot be converted (a number with too many digits, an
 * unknown type) keeps DynamoDB's form. The validation of the item then reports this attribute. An error here would also
 * stop the reading of all other items.
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
