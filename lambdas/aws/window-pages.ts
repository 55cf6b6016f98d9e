import type { Page } from '../archive/page.ts';
import type { Instant } from '../domain/instant.ts';
import type { Window } from '../domain/window.ts';

/** A piece of a window; `after` is the row behind which it is read, if not from its start. */
export interface Stretch extends Window {
  readonly after?: Page['lastEvaluatedKey'];
}

export interface StretchReader {
  /** The first page of the stretch. */
  read(stretch: Stretch): Promise<Page>;
  /** When a row was recorded, as its sort key tells; `undefined` if it does not. */
  recordedAt(sortKey: string): Instant | undefined;
  /** The same of the row behind which a page that is not the last is continued: it may have been left out. */
  continuedFrom(page: Page): Instant | undefined;
}

/** As many hide a latency of 10 ms behind the work on a page; one partition does not answer faster for more. */
const inFlight = 4;
/** A stretch that is a little too long for a page costs a further request, one after the other. */
const aimedFill = 0.9;

/**
 * The pages of a window in order, while the next ones are on their way.
 *
 * Where a page ends is known only when it has come. What follows it is therefore cut into stretches of whole seconds
 * that, by the pace of the rows so far, fill one page each, and some are asked for at once. The rows depend in no way on
 * how well that is guessed: a stretch that holds more is read on to its end before the next.
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
    // Awaited when its turn comes; the consumer may end before that, and then nobody wants its failure.
    page.catch(() => undefined);
    return { stretch, page };
  }
}

/** How much time the rows of one page cover. */
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
        // By the stretch's own length: it was cut when the pace was an older one.
        const fill = page.lines.length / bytesOfPage;
        const fitting = (end - start) * Math.min(Math.max(aimedFill / fill, 0.5), 16);
        milliseconds = fill === 0 ? Math.max(milliseconds, fitting) : fitting;
      }
    },

    /** Where to end a stretch from an instant on: a whole second after it, and the limit at the latest. */
    cut(from: Instant | undefined, limit: Instant): Instant {
      if (from === undefined || milliseconds === undefined) return limit;
      const wholeSeconds = Math.max(Math.floor((from + milliseconds) / 1000), Math.floor(from / 1000) + 1);
      return Math.min(wholeSeconds * 1000, limit);
    },
  };
}
