import type { Cursor } from '../../../lambdas/domain/cursor.ts';
import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import { boundaryAtOrBefore, type Window } from '../../../lambdas/domain/window.ts';

/** A span of time for which the ledger does not prove a delivery. */
export interface Gap {
  readonly what: string;
  readonly window: Window;
}

/**
 * Finds where an account’s files, ordered by window and part, do not cover the time up to the cursor without gaps.
 * There are none unless rows of the ledger were lost or changed.
 *
 * @param previous the last file before them, if `files` does not begin with the account’s first file
 */
export function findGaps(
  files: readonly DeliveredFile[],
  cursor: Cursor | undefined,
  previous?: DeliveredFile,
): Gap[] {
  const gaps: Gap[] = [];
  let before = previous;
  for (const file of files) {
    gaps.push(...gapsBetween(before, file));
    before = file;
  }
  if (before === undefined || cursor === undefined) return gaps;
  const { exportedThrough } = cursor;
  const delivered = before.final ? before.window.end : before.window.start;
  if (delivered < exportedThrough)
    gaps.push({
      what: 'The cursor is past windows without a row',
      window: { start: delivered, end: exportedThrough },
    });
  return gaps;
}

/** The part that is certainly missing if the account had deliveries but the ledger has no row of a file. */
export function gapWithoutRows({ exportedThrough, intent }: Cursor, timeZone: string): Gap {
  const last = { start: boundaryAtOrBefore(timeZone, exportedThrough - 1), end: exportedThrough };
  return {
    what: 'Files were delivered of which no row is left, at least',
    window: intent !== undefined && intent.part > 1 ? intent.window : last,
  };
}

function gapsBetween(before: DeliveredFile | undefined, file: DeliveredFile): Gap[] {
  const { window, part } = file;
  if (before?.window.end === window.end) {
    const follows = part === before.part + 1 && !before.final;
    return follows ? [] : [{ what: `Part ${before.part + 1} is missing or doubled`, window }];
  }
  const gaps: Gap[] = [];
  if (before !== undefined && !before.final)
    gaps.push({ what: 'The last part of a window is missing', window: before.window });
  if (before !== undefined && before.window.end < window.start)
    gaps.push({ what: 'No file for this time', window: { start: before.window.end, end: window.start } });
  if (before !== undefined && before.window.end > window.start)
    gaps.push({ what: 'Windows overlap', window: { start: window.start, end: before.window.end } });
  if (part !== 1) gaps.push({ what: 'The first part of a window is missing', window });
  return gaps;
}
