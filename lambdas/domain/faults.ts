import type { z } from 'zod';

/**
 * Every fault that validation found, as one text: `destination.bucket: expected string, got number; timeZone: …`.
 * Says where, what kind of value stands there and what was expected, never the value itself: it may be a secret.
 */
export function describeFaults(error: z.ZodError): string {
  return error.issues
    .map(issue => `${issue.path.map(String).join('.') || '(record)'}: ${issue.message}`)
    .join('; ');
}
