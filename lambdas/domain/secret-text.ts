import * as z from 'zod';
import type { Destination } from './account.ts';
import { ExportError } from './failure.ts';
import { validate } from './faults.ts';

/** A value inside a secret. It is trimmed, because people paste it with spaces and line ends. */
export const secretValue = z
  .string()
  .trim()
  .min(1, 'expected text')
  .max(8192, 'expected text of at most 8192 characters');

const expected: Record<Destination['type'], string> = {
  s3: 'an S3 credential, {"accessKeyId", "secretAccessKey"}',
  gcs: 'a service-account file of Google Cloud as downloaded',
  azure: 'a connection string of Azure, {"connectionString"} or {"sasUrl"}',
};

/** A `secret_invalid` that says what the destination needs and what is wrong. Contains nothing of the secret. */
export function invalidSecret(type: Destination['type'], faults: readonly string[]): ExportError {
  return new ExportError('secret_invalid', `The secret is not ${expected[type]}: ${faults.join('; ')}`);
}

/** @throws ExportError `secret_invalid` if the secret is not JSON or does not match the schema */
export function parseJsonSecret<T>(type: Destination['type'], schema: z.ZodType<T>, secret: string): T {
  const { data, faults } = validate(schema, parseJson(type, secret));
  if (data === undefined) throw invalidSecret(type, faults);
  return data;
}

function parseJson(type: Destination['type'], secret: string): unknown {
  try {
    return JSON.parse(secret);
  } catch {
    // The parser's error must not be kept, not even as the cause: its message quotes the secret.
    throw invalidSecret(type, ['expected JSON']);
  }
}
