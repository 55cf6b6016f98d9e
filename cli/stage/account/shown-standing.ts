import { toIso } from '../../../lambdas/domain/instant.ts';
import { placeName, placeOf } from '../../../lambdas/domain/recipe.ts';
import type { Style } from '../../terminal/terminal.ts';
import type { Standing, State } from './standing.ts';

/** A standing in the JSON of a report. */
export function standingJson({ accountId, state, account, faults, cursor, nextWindow }: Standing) {
  return {
    accountId,
    state,
    timeZone: account?.timeZone ?? null,
    destination: account ? placeName(placeOf(account.destination)) : null,
    faults,
    exportedThrough: cursor ? toIso(cursor.exportedThrough) : null,
    failures: cursor?.failures ?? 0,
    lastError: cursor?.lastError ? { ...cursor.lastError, at: toIso(cursor.lastError.at) } : null,
    nextWindow: nextWindow ? { start: toIso(nextWindow.start), end: toIso(nextWindow.end) } : null,
  };
}

export const stateStyles: Readonly<Record<State, Style>> = {
  invalid: 'red',
  failing: 'red',
  behind: 'yellow',
  expired: 'dim',
  paused: 'dim',
  new: 'cyan',
  ok: 'green',
};
