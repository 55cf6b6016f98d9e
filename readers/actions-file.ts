import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Actions, validateActions } from '../lambdas/domain/actions.ts';
import type { Validated } from '../lambdas/domain/faults.ts';

/** The vendor's actions, if no other file is named. */
export const defaultActionsFile = join(import.meta.dirname, 'actions.json');

/** Reads an `actions.json`: either its rules, or every fault. */
export function readActionsFile(path: string): Validated<Actions> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // The message of a SyntaxError quotes the file, which may be a credential that was named by mistake.
    return { faults: [`${path} ${error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'}`] };
  }
  const { data, faults } = validateActions(content);
  return data === undefined ? { faults: faults.map(fault => `${path}: ${fault}`) } : { data, faults };
}
