interface Happening {
  readonly at: number;
  readonly order: number;
  /** True if code under test continues because of it; each of its steps must complete before the next event. */
  readonly wakes: boolean;
  readonly run: () => void;
}

/** A virtual clock: scheduled events happen one after the other at their instants, and no real time passes. */
export interface Scheduler {
  now(): number;
  /** Schedules an event that settles no promise. */
  at(instant: number, run: () => void): void;
  /** Schedules an event that settles a promise, or calls asynchronous code. */
  wake(instant: number, run: () => void): void;
  /** Runs all events up to an instant. */
  runUntil(instant: number): Promise<void>;
  /** Stops: no further event happens. */
  stop(): void;
  /** The number of events so far. */
  count(): number;
}

export function createScheduler(start: number): Scheduler {
  const heap: Happening[] = [];
  let now = start;
  let scheduled = 0;
  let happened = 0;
  let stopped = false;

  const schedule = (at: number, wakes: boolean, run: () => void) =>
    push(heap, { at: Math.max(at, now), order: scheduled++, wakes, run });

  return {
    now: () => now,
    at: (instant, run) => schedule(instant, false, run),
    wake: (instant, run) => schedule(instant, true, run),
    count: () => happened,
    stop() {
      stopped = true;
    },
    async runUntil(instant) {
      for (let next = heap[0]; !stopped && next && next.at <= instant; next = heap[0]) {
        pop(heap);
        now = next.at;
        happened++;
        next.run();
        // Only events settle promises of the code under test, so no turn of the event loop is needed. All microtasks
        // must be done, which is the case at the next tick of the process.
        if (next.wakes) await new Promise<void>(resolve => process.nextTick(resolve));
      }
      now = instant;
    },
  };
}

function isBefore(one: Happening | undefined, other: Happening | undefined): boolean {
  if (!one || !other) return false;
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

function push(heap: Happening[], happening: Happening): void {
  let index = heap.push(happening) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(heap[index], heap[parent])) return;
    swap(heap, index, parent);
    index = parent;
  }
}

function pop(heap: Happening[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  for (let index = 0; ; ) {
    const left = 2 * index + 1;
    const smaller = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!isBefore(heap[smaller], heap[index])) return;
    swap(heap, index, smaller);
    index = smaller;
  }
}

function swap(heap: Happening[], one: number, other: number): void {
  const held = heap[one];
  const second = heap[other];
  if (held && second) [heap[one], heap[other]] = [second, held];
}
