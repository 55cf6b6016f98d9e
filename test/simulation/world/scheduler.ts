interface Happening {
  readonly at: number;
  readonly order: number;
  /** True if code under test goes on because of it, whose every step has to end before the next happening. */
  readonly wakes: boolean;
  readonly run: () => void;
}

/** A virtual clock: what is scheduled happens at its instant, one after the other, and no time passes in between. */
export interface Scheduler {
  now(): number;
  /** Schedules something that wakes no promise. */
  at(instant: number, run: () => void): void;
  /** Schedules something that settles a promise, or calls code that goes on asynchronously. */
  wake(instant: number, run: () => void): void;
  /** Lets everything happen up to an instant. */
  runUntil(instant: number): Promise<void>;
  /** Lets nothing more happen. */
  stop(): void;
  /** The happenings so far. */
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
        // Every promise of the code under test is settled by happenings alone: it needs no turn of the loop, only that
        // all microtasks are done, which is when a tick comes.
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
