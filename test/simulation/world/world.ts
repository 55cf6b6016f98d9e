import { createRandom, hashOf, type Random } from '../../../local/sample/random.ts';
import type { FaultKind } from './fault-kinds.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

/** A rule of the design that was violated. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
}

/** What all parts of a simulation share: clock, randomness, and the record of what happened. */
export interface World extends Scheduler {
  /** A separate random stream for each purpose, so that removing one fault changes the others little. */
  random(purpose: string): Random;
  /** True if this seed may inject this kind of fault. */
  enables(kind: FaultKind): boolean;
  /** False after the end of the faults. */
  faulty(): boolean;
  /** Counts an injected fault. */
  inject(kind: FaultKind): void;
  trace(actor: string, text: string): void;
  violate(rule: string, text: string): void;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly violations: readonly Violation[];
  readonly lines: readonly string[];
  /** A hash of everything that was traced. */
  hash(): string;
}

export interface WorldOptions {
  readonly seed: number;
  readonly start: number;
  readonly faultsUntil: number;
  readonly enabled: ReadonlySet<FaultKind>;
  readonly keepTrace: boolean;
}

/** The first violations show the problem; some faults would cause more without end. */
const mostViolations = 30;

export function createWorld({ seed, start, faultsUntil, enabled, keepTrace }: WorldOptions): World {
  const scheduler = createScheduler(start);
  const randoms = new Map<string, Random>();
  const faults = new Map<FaultKind, number>();
  const violations: Violation[] = [];
  const lines: string[] = [];
  let hash = hashOf(String(seed));

  const write = (actor: string, text: string) => {
    hash = hashOf(text, hashOf(actor, (hash ^ scheduler.now()) >>> 0));
    if (keepTrace) lines.push(`${new Date(scheduler.now()).toISOString()} ${actor} ${text}`);
  };

  return {
    ...scheduler,
    random(purpose) {
      const known = randoms.get(purpose);
      if (known) return known;
      const random = createRandom(`${seed} ${purpose}`);
      randoms.set(purpose, random);
      return random;
    },
    enables: kind => enabled.has(kind),
    faulty: () => scheduler.now() < faultsUntil,
    inject: kind => faults.set(kind, (faults.get(kind) ?? 0) + 1),
    trace: write,
    violate(rule, text) {
      violations.push({ rule, text: `${new Date(scheduler.now()).toISOString()} ${text}` });
      write('VIOLATION', `${rule}: ${text}`);
      if (violations.length >= mostViolations) scheduler.stop();
    },
    faults,
    violations,
    lines,
    hash: () => hash.toString(16),
  };
}
