import { expect, test } from 'vitest';
import { toCommandError } from '../../../../cli/stage/unreachable.ts';

const answer = (name: string, status: number, message: string) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

test.each([
  ['QueueDoesNotExist', 'The specified queue does not exist.'],
  ['ResourceNotFoundException', 'Requested resource not found: Table: siem-export-prod-accounts not found'],
])('%s names what is missing, and leads to the doctor', (name, message) => {
  const error = toCommandError(answer(name, 400, message));
  expect(error).toMatchObject({ code: 'unreachable', message: expect.stringContaining(message) });
  expect(error.message).toContain('"doctor"');
});

test('a refusal of another kind is not taken for a missing resource', () => {
  expect(toCommandError(answer('ValidationException', 400, 'Invalid key')).code).toBe('internal');
});
