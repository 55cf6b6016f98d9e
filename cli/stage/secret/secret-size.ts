import { textOf } from '../../terminal/text-file.ts';
import { count } from '../../terminal/wording.ts';

/** The limit of Secrets Manager, in bytes. */
export const largestSecret = 65_536;

/** The end of a message about a secret that is too large. */
export const tooLarge = `has more than ${count(largestSecret)} bytes, the limit of Secrets Manager`;

/**
 * Reads a text; `undefined` as soon as it is larger than a secret may be.
 * @throws NoTextError if it is not UTF-8
 */
export async function readSecretText(
  source: AsyncIterable<Uint8Array | string>,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > largestSecret) return undefined;
  }
  return textOf(Buffer.concat(chunks));
}
