import type { z } from 'zod';

/** Either the valid value in `data`, or at least one fault. */
export interface Validated<T> {
  readonly data?: T;
  readonly faults: readonly string[];
}

/**
 * Checks a value from outside. Each fault names the path, what was expected and the kind of the actual value:
 * `destination.bucket: expected text, got number`. It never contains the value, which may be a secret.
 *
 * A schema's messages say only what is expected (`expected 12 digits`); the kind of the actual value is added here.
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): Validated<T> {
  const parsed = schema.safeParse(value, { error: expectation, reportInput: true });
  if (parsed.success) return { data: parsed.data, faults: [] };
  return { faults: parsed.error.issues.map(describeFault) };
}

/** All faults of a validation in one text. */
export function describeFaults(error: z.ZodError): string {
  return error.issues.map(describeFault).join('; ');
}

/** The kind of a value, without anything of its content. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'empty text';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Set) return 'set';
  if (ArrayBuffer.isView(value)) return 'binary';
  return kinds[typeof value] ?? typeof value;
}

const kinds: Readonly<Record<string, string>> = { string: 'text', object: 'map', array: 'list' };

/** The messages for checks without their own message in the schema. */
const expectation: z.core.$ZodErrorMap = issue => {
  if (issue.code === 'invalid_type') return `expected ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'unrecognized_keys')
    return `expected no attribute ${issue.keys.map(printable).join(', ')}`;
  return undefined;
};

/** The name of an unknown attribute, unless it could be a secret that was pasted into the wrong field. */
function printable(name: string): string {
  return /^[A-Za-z_]{1,30}$/.test(name) ? name : 'with such a name';
}

function describeFault(issue: z.core.$ZodIssue): string {
  const where = issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  return `${where}${issue.message}${describeInput(issue)}`;
}

function describeInput(issue: z.core.$ZodIssue): string {
  if (!('input' in issue) || issue.code === 'unrecognized_keys') return '';
  const got = kindOf(issue.code === 'invalid_union' ? discriminatorOf(issue) : issue.input);
  return `, got ${got === 'text' && issue.code !== 'invalid_type' ? 'other text' : got}`;
}

/** For a discriminated union zod reports the whole map as input, but the fault is in the discriminating attribute. */
function discriminatorOf(issue: z.core.$ZodIssueInvalidUnion): unknown {
  const { input } = issue;
  const attribute = issue.path.at(-1);
  if (typeof input !== 'object' || input === null || attribute === undefined) return input;
  return Reflect.get(input, attribute);
}
