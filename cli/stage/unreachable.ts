import { answerOf, isNetworkTrouble, isServiceTrouble } from '../../lambdas/buckets/aws-answer.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { printable } from '../../lambdas/domain/printable.ts';
import { EnvironmentError } from '../../lambdas/environment.ts';
import { CommandError } from '../terminal/command-error.ts';

/** SDK errors for missing credentials. */
const unknownIdentity = new Set(['CredentialsProviderError', 'TokenProviderError']);

/** The names of AWS for a queue, a table or a function that does not exist. */
const missingResource = new Set(['QueueDoesNotExist', 'ResourceNotFoundException']);

const refusedIdentity = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
]);

/** Converts anything thrown into an error that tells the operator what to do. */
export function toCommandError(thrown: unknown): CommandError {
  if (thrown instanceof CommandError) return thrown;
  if (thrown instanceof ExportError)
    return new CommandError('problem', `${thrown.code}: ${thrown.message}`, { cause: thrown });
  if (thrown instanceof EnvironmentError)
    return new CommandError(
      'unreachable',
      `The deployed exporter is from another release: ${thrown.message}`,
      {
        cause: thrown,
      },
    );
  const answer = answerOf(thrown);
  const { message } = printable(thrown);
  if (message === 'Region is missing')
    return new CommandError('usage', 'Which AWS region? Give --region, or set AWS_REGION');
  if (unknownIdentity.has(answer.name))
    return new CommandError('unreachable', `No AWS credentials: ${message}`, { cause: thrown });
  if (refusedIdentity.has(answer.name))
    return new CommandError('unreachable', `AWS denies you access: ${message}`, { cause: thrown });
  if (missingResource.has(answer.name))
    return new CommandError(
      'unreachable',
      `A resource of the stage is missing: ${message || answer.name}. "doctor" shows what the stage lacks`,
      { cause: thrown },
    );
  if (isNetworkTrouble(answer) || (answer.status !== undefined && isServiceTrouble(answer)))
    return new CommandError(
      'unreachable',
      `AWS or local mode cannot be reached: ${describe(thrown, message)}`,
      {
        cause: thrown,
      },
    );
  return new CommandError('internal', message, { cause: thrown });
}

/** If all of several addresses fail, the error has no message of its own. */
function describe(thrown: unknown, message: string): string {
  return (
    message ||
    (thrown instanceof AggregateError ? String(printable(thrown.errors[0])) : answerOf(thrown).name)
  );
}
