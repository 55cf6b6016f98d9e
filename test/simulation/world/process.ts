import type { CallFault, FaultKind } from './fault-kinds.ts';
import type { World } from './world.ts';

export type Service = 'dynamodb' | 'sqs' | 'events' | 'secrets';

/** The errors that a vendor’s SDK throws after its last retry. */
export interface ServiceErrors {
  throttled(): Error;
  unavailable(): Error;
}

/** One run of a function: it has its own clock, and may crash at any call. */
export interface Process {
  readonly name: string;
  /** The time on this machine’s clock. */
  now(): number;
  alive(): boolean;
  /** Ends it: nothing that it awaits will ever complete. */
  crash(why: string): void;
  /** The number of faults that hit this run. */
  troubles(): number;
  trouble(kind: FaultKind): void;
  /** True if this kind of fault hit it. */
  met(kind: FaultKind): boolean;
  /** A call whose effect happens at one instant, and whose answer arrives later. */
  call<T>(service: Service, name: string, errors: ServiceErrors, effect: () => T): Promise<T>;
  /** Waits, or until the signal aborts. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface ProcessOptions {
  readonly name: string;
  readonly skew: number;
  /** Faults per hundred calls. */
  readonly faultsPerHundredCalls: number;
  /** The present outage of a service, if any. */
  readonly outageOf: (service: Service) => FaultKind | undefined;
  /** Milliseconds until a call takes effect, and from then until its answer. */
  readonly latency?: readonly [effect: readonly [number, number], answer: readonly [number, number]];
}

const usualLatency = [
  [0, 8],
  [1, 20],
] as const;

const callWeights: readonly (readonly [CallFault, number])[] = [
  ['crash-before', 2],
  ['crash-after', 3],
  ['lost-answer', 3],
  ['late-effect', 1],
  ['repeated-call', 3],
  ['throttled', 2],
  ['timeout', 1],
  ['slow-answer', 1],
];
const totalWeight = callWeights.reduce((sum, [, weight]) => sum + weight, 0);

export function createProcess(world: World, options: ProcessOptions): Process {
  const {
    name,
    skew,
    faultsPerHundredCalls,
    outageOf,
    latency: [toEffect, toAnswer] = usualLatency,
  } = options;
  const chance = world.random('calls');
  let alive = true;
  const met: FaultKind[] = [];

  const answer = (at: number, run: () => void) =>
    world.wake(at, () => {
      if (alive) run();
    });
  const trouble = (kind: FaultKind) => {
    met.push(kind);
    world.inject(kind);
    world.trace(name, `meets ${kind}`);
  };

  const process: Process = {
    name,
    now: () => world.now() + skew,
    alive: () => alive,
    crash(why) {
      if (!alive) return;
      alive = false;
      world.trace(name, `dies: ${why}`);
    },
    troubles: () => met.length,
    trouble,
    met: kind => met.includes(kind),
    call: (service, call, errors, effect) =>
      new Promise((resolve, reject) => {
        const sent = world.now() + chance.integer(...toEffect);
        const settled = sent + chance.integer(...toAnswer);
        const outage = outageOf(service);
        if (outage) {
          trouble(outage);
          answer(settled + 3000, () => reject(errors.unavailable()));
          return;
        }
        const fault = drawFault();
        if (fault) trouble(fault);
        if (fault === 'crash-before') return process.crash(`before ${call}`);
        if (fault === 'throttled') return answer(settled + 200, () => reject(errors.throttled()));
        if (fault === 'timeout') return answer(settled + 30_000, () => reject(timeoutError()));
        if (fault === 'late-effect') {
          world.at(settled + chance.integer(1000, 40_000), () => attempt(call, effect));
          return answer(settled + 1000, () => reject(timeoutError()));
        }
        world.at(sent, () => {
          const outcome = attempt(call, effect);
          if (fault === 'crash-after') return process.crash(`after ${call}`);
          if (fault === 'lost-answer') return answer(settled + 5000, () => reject(timeoutError()));
          if (fault === 'repeated-call')
            return world.at(settled + 300, () => {
              const repeated = attempt(call, effect);
              answer(settled + 310, () => settle(repeated, resolve, reject));
            });
          const late = fault === 'slow-answer' ? chance.integer(10_000, 240_000) : 0;
          answer(settled + late, () => settle(outcome, resolve, reject));
        });
      }),
    wait: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        let over = false;
        const abort = () => {
          if (over) return;
          over = true;
          answer(world.now(), () => reject(signal?.reason));
        };
        if (signal?.aborted) return abort();
        signal?.addEventListener('abort', abort, { once: true });
        answer(world.now() + milliseconds, () => {
          if (over) return;
          over = true;
          resolve();
        });
      }),
  };
  return process;

  function attempt<T>(call: string, effect: () => T): { value: T } | { error: unknown } {
    try {
      const value = effect();
      world.trace(name, call);
      return { value };
    } catch (error) {
      world.trace(name, `${call}: ${error instanceof Error ? error.name : 'error'}`);
      // A bug of the simulation must not look like a service’s error.
      if (error instanceof TypeError || error instanceof UnsupportedCallError)
        world.violate('simulation', `${call}: ${error.stack}`);
      return { error };
    }
  }

  function drawFault(): CallFault | undefined {
    if (!world.faulty() || !chance.chance(faultsPerHundredCalls / 100)) return undefined;
    let drawn = chance.next() * totalWeight;
    for (const [kind, weight] of callWeights) {
      drawn -= weight;
      if (drawn < 0) return world.enables(kind) ? kind : undefined;
    }
    return undefined;
  }
}

/** The code under test uses something that the simulation does not support. */
export class UnsupportedCallError extends Error {
  override readonly name = 'UnsupportedCallError';
}

export function timeoutError(): Error {
  return Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
}

function settle<T>(
  outcome: { value: T } | { error: unknown },
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): void {
  if ('value' in outcome) resolve(outcome.value);
  else reject(outcome.error);
}
