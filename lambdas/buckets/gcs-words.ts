/** What Google's explanations name that is long and no secret: whoever is to act on them has to know it. */
const names = [
  'constraints/[\\w.]+',
  'vpcServiceControlsUniqueIdentifier:? ?[\\w-]+',
  'projects/[\\w-]+(?:/(?:locations|keyRings|cryptoKeys|cryptoKeyVersions)/[\\w-]+)+',
].join('|');
const longWords = new RegExp(`(${names})|Bearer \\S+|[\\w+/=-]{24,}`, 'g');

/** Google's explanation, with everything taken out that could be a token, a signature or a key. */
export function shortened(explanation: string): string {
  return explanation.replaceAll(longWords, (_word, name?: string) => name ?? '…').slice(0, 300);
}
