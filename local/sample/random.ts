/** Pseudo-random numbers, the same in every run. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number of at least 0, below the limit. */
  below(limit: number): number;
  /** A whole number between two, both included. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  /** @throws RangeError if there is nothing to pick from */
  pick<T>(choices: readonly T[]): T;
}

/** The same seed gives the same numbers (mulberry32, seeded with FNV-1a). */
export function createRandom(seed: string): Random {
  let state = hashOf(seed);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    integer: (from, to) => from + below(to - from + 1),
    chance: probability => next() < probability,
    pick(choices) {
      const picked = choices[below(choices.length)];
      if (picked === undefined) throw new RangeError('Nothing to pick from');
      return picked;
    },
  };
}

/** The 32-bit FNV-1a hash of the text in UTF-8; `start` continues another hash. */
export function hashOf(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
