import { ExportError } from '../../../lambdas/domain/failure.ts';
import type { Step } from '../../stage/bucket/steps.ts';

/** A step that is right unless its result is a failure. */
export function stepOf(name: string, result: unknown, remedy: (failure: ExportError) => string): Step {
  if (!(result instanceof ExportError)) return { name, outcome: 'right' };
  return { name, outcome: 'wrong', detail: `${result.code}: ${result.message}`, remedy: remedy(result) };
}
