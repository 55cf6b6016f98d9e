/**
 * In characters. A DynamoDB row has up to 400 KB; each of the six columns may contain all of it, two of them are twice in
 * an OCSF event, and escaping may make it six times longer.
 */
export const longestLine = 20_000_000;

/** The beginning of a line whose end has not arrived yet, in pieces. A line that is too long is not kept. */
export function createLineRest() {
  let pieces: string[] = [];
  let length = 0;
  return {
    add(piece: string): void {
      length += piece.length;
      if (length > longestLine) pieces = [];
      else if (piece !== '') pieces.push(piece);
    },

    /** The line; `undefined` if it was too long. */
    take(): string | undefined {
      const line = length > longestLine ? undefined : pieces.join('');
      pieces = [];
      length = 0;
      return line;
    },

    isEmpty: () => length === 0,
  };
}
