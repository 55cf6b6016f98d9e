import type { StoredValue } from '../domain/audit-record.ts';

/**
 * Turns an attribute value of DynamoDB's JSON protocol (`{"S":"…"}`, binary in base64) into a plain value.
 *
 * Never fails: a value that is not of a known DynamoDB type is kept as its JSON, so that it is
 * delivered and not dropped.
 */
export function fromAttributeValue(attribute: unknown): StoredValue {
  if (!isMap(attribute)) return asItIs(attribute);
  const [[kind, value] = [], ...others] = Object.entries(attribute);
  if (others.length > 0) return asItIs(attribute);
  switch (kind) {
    case 'S':
      if (typeof value === 'string') return value;
      break;
    case 'N':
      if (typeof value === 'string') return fromNumber(value);
      break;
    case 'B':
      if (typeof value === 'string') return Buffer.from(value, 'base64');
      break;
    case 'BOOL':
      if (typeof value === 'boolean') return value;
      break;
    case 'NULL':
      if (value === true) return null;
      break;
    case 'SS':
      if (isListOfTexts(value)) return value;
      break;
    case 'NS':
      if (isListOfTexts(value)) return value.map(fromNumber);
      break;
    case 'BS':
      if (isListOfTexts(value)) return value.map(text => Buffer.from(text, 'base64'));
      break;
    case 'L':
      if (Array.isArray(value)) return value.map(fromAttributeValue);
      break;
    case 'M':
      if (isMap(value)) return mapValues(value, fromAttributeValue);
      break;
  }
  return asItIs(attribute);
}

/** A DynamoDB number has up to 38 digits. It becomes text if a JavaScript number would not keep all its digits. */
export function fromNumber(digits: string): number | string {
  const number = Number(digits);
  return Number.isFinite(number) && String(number) === digits ? number : digits;
}

function asItIs(value: unknown): StoredValue {
  if (Array.isArray(value)) return value.map(asItIs);
  if (isMap(value)) return mapValues(value, asItIs);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** The result has no prototype, so that an attribute can have any name, even `__proto__`. */
export function mapValues<In, Out>(map: Readonly<Record<string, In>>, convert: (value: In) => Out) {
  const converted: Record<string, Out> = Object.create(null);
  for (const [name, value] of Object.entries(map)) converted[name] = convert(value);
  return converted;
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(text => typeof text === 'string');
}
