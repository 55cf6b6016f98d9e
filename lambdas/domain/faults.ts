import type { z } from 'zod';

/** A valid value, or the faults that make it invalid: `data` is absent exactly when there are `faults`. */
export interface Validated<T> {
  readonly data?: T;
  readonly faults: readonly string[];
}

/**
 * Checks a value that comes from outside. Each fault says where, what was expected and what kind of value stands there:
 * `destination.bucket: expected text, got number`. Never the value itself: it may be a secret.
 *
 * Messages of a schema say what is expected only (`expected 12 digits`); what was got is added here.
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown): Validated<T> {
  const parsed = schema.safeParse(value, { error: expectation, reportInput: true });
  if (parsed.success) return { data: parsed.data, faults: [] };
  return { faults: parsed.error.issues.map(describeFault) };
}

/** Every fault of a validation as one text. */
export function describeFaults(error: z.ZodError): string {
  return error.issues.map(describeFault).join('; ');
}

/** What kind of value it is, in words that tell nothing of its content. */
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

/** What was expected where the schema has no message of its own. */
const expectation: z.core.$ZodErrorMap = issue => {
  if (issue.code === 'invalid_type') return `expected ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `expected ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'unrecognized_keys')
    return `expected no attribute ${issue.keys.map(printable).join(', ')}`;
  return undefined;
};

/** The name of an attribute that no schema knows, unless it could as well be a value pasted into the wrong field. */
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

/** A union that is told apart by an attribute reports the whole map; the fault is in that attribute. */
function discriminatorOf(issue: z.core.$ZodIssueInvalidUnion): unknown {
  const { input } = issue;
  const attribute = issue.path.at(-1);
  if (typeof input !== 'object' || input === null || attribute === undefined) return input;
  return Reflect.get(input, attribute);
}
