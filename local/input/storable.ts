const mostDigits = 38;
const largest = 9.9e125;
/**
 * JavaScript writes smaller numbers with an exponent, DynamoDB without: the same number would be delivered as a
 * different text.
 */
const smallest = 1e-6;
const deepest = 32;
const bytesOfLongestNumber = 21;

/**
 * The parts of a value that DynamoDB cannot store, so that they could not be delivered unchanged; one fault each,
 * with its path.
 */
export function unstorable(value: unknown, path: string, depth = 0): string[] {
  const fault = faultOf(value, depth);
  if (fault !== undefined) return [`${path === '' ? '' : `${path}: `}${fault}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...(name.isWellFormed() ? [] : [`${path}: expected names in well-formed Unicode`]),
    ...unstorable(member, path === '' ? name : `${path}.${name}`, depth + 1),
  ]);
}

function faultOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string' && !value.isWellFormed()) return 'expected well-formed Unicode';
  if (typeof value === 'bigint' && value.toString().replace('-', '').length > mostDigits)
    return `expected a number of at most ${mostDigits} digits`;
  if (typeof value === 'number' && value !== 0 && (Math.abs(value) > largest || Math.abs(value) < smallest))
    return 'expected 0 or a number between 0.000001 and 9.9e125, of either sign';
  if (depth > deepest) return `expected at most ${deepest} levels`;
  return undefined;
}

/** The bytes that a value uses of the 400 KB that DynamoDB allows per item. */
export function storedBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number' || typeof value === 'bigint') return bytesOfLongestNumber;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce(
    (sum, [name, member]) =>
      sum + 1 + (Array.isArray(value) ? 0 : Buffer.byteLength(name)) + storedBytes(member),
    3,
  );
}
