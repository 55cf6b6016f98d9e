import { textOf } from '../../terminal/text-file.ts';
import { count } from '../../terminal/wording.ts';

/** What Secrets Manager takes, in bytes. */
export const largestSecret = 65_536;

/** What a secret that is larger is told, after its name. */
export const tooLarge = `has more than the ${count(largestSecret)} bytes that Secrets Manager takes`;

/**
 * The text, or `undefined` if it is larger than a secret can be: then the rest of it is not read.
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
