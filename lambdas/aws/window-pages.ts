import type { Page } from '../archive/page.ts';
import type { Instant } from '../domain/instant.ts';
import type { Window } from '../domain/window.ts';

/** A part of a window's time that is read with its own queries. */
export interface Stretch extends Window {
  /** The key of the row after which reading continues; without it, reading begins at the start. */
  readonly after?: Page['lastEvaluatedKey'];
}

export interface StretchReader {
  /** Reads the first page of a stretch. */
  read(stretch: Stretch): Promise<Page>;
  /** The instant of recording in a row's sort key; `undefined` if the key cannot be read. */
  recordedAt(sortKey: string): Instant | undefined;
  /**
   * The same for the last row that DynamoDB read for a page that is not the last; the page may not contain that row.
   */
  continuedFrom(page: Page): Instant | undefined;
}

/** Enough parallel reads to hide a latency of 10 ms. More do not help: a partition does not answer faster. */
const inFlight = 4;
/** How full a page should be. A stretch that is slightly too long for one page needs a second, sequential request. */
const aimedFill = 0.9;

/**
 * Yields the pages of a window in order, and requests the next ones in advance.
 *
 * DynamoDB tells where a page ends only with the page itself. So the rest of the window is cut into stretches of whole
 * seconds that should fill one page each, estimated from the rows so far, and several are requested at once. The result
 * does not depend on this estimate: a stretch with more rows than a page is read to its end before the next stretch.
 */
export async function* windowPages(
  { read, recordedAt, continuedFrom }: StretchReader,
  window: Window,
  after: Page['lastEvaluatedKey'],
): AsyncGenerator<Page, void> {
  const pace = createPace(recordedAt);
  const reads = [begin({ ...window, after })];
  let planned = window.end;
  for (let next = reads.shift(); next !== undefined; next = reads.shift()) {
    const { stretch } = next;
    const page = await next.page;
    pace.learn(page, stretch);
    if (page.lastEvaluatedKey !== undefined) {
      const isFurthest = reads.length === 0;
      const end = isFurthest ? pace.cut(continuedFrom(page), stretch.end) : stretch.end;
      reads.unshift(begin({ start: stretch.start, end, after: page.lastEvaluatedKey }));
      if (isFurthest) planned = end;
    }
    while (reads.length < inFlight && planned < window.end) {
      const end = pace.cut(planned, window.end);
      reads.push(begin({ start: planned, end }));
      planned = end;
    }
    yield page;
  }

  function begin(stretch: Stretch) {
    const page = read(stretch);
    // The page is awaited later or never. Without this, its failure would be an unhandled rejection.
    page.catch(() => undefined);
    return { stretch, page };
  }
}

/** Estimates how much time the rows of one page cover. */
function createPace(recordedAt: StretchReader['recordedAt']) {
  let milliseconds: number | undefined;
  let bytesOfPage = 0;

  return {
    learn(page: Page, { start, end, after }: Stretch): void {
      if (page.lastEvaluatedKey !== undefined) {
        if (page.count === 0) return;
        const first = recordedAt(page.sortKey(0));
        const last = recordedAt(page.sortKey(page.count - 1));
        if (first === undefined || last === undefined) return;
        milliseconds = Math.max(last - first, 1) * aimedFill;
        bytesOfPage = page.lines.length;
      } else if (milliseconds !== undefined && after === undefined) {
        // Uses the stretch's length, not `milliseconds`: the stretch was cut with an older estimate.
        const fill = page.lines.length / bytesOfPage;
        const fitting = (end - start) * Math.min(Math.max(aimedFill / fill, 0.5), 16);
        milliseconds = fill === 0 ? Math.max(milliseconds, fitting) : fitting;
      }
    },

    /** Where a stretch that begins at `from` should end: at a later whole second, but not after `limit`. */
    cut(from: Instant | undefined, limit: Instant): Instant {
      if (from === undefined || milliseconds === undefined) return limit;
      const wholeSeconds = Math.max(Math.floor((from + milliseconds) / 1000), Math.floor(from / 1000) + 1);
      return Math.min(wholeSeconds * 1000, limit);
    },
  };
}
