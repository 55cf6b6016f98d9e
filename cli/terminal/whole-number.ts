import { InvalidArgumentError } from 'commander';

/** A parser for the value of an option that is a whole number. */
export function wholeNumber(from: number, to = 999_999): (text: string) => number {
  return text => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= from && number <= to) return number;
    throw new InvalidArgumentError(
      `Expected a whole number from ${from} to ${to.toLocaleString('en-US')}, without separators.`,
    );
  };
}
