/** A source of numbers that look random and are the same in every run. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number of at least 0, below the limit. */
  below(limit: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
}

/** The same seed, the same numbers (mulberry32 over an FNV-1a hash of the seed). */
export function createRandom(seed: string): Random {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(seed)) state = Math.imul(state ^ byte, 0x01000193);

  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: choices => choices[below(choices.length)] ?? choices[0] };
}
