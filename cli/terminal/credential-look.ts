/** What a text looks like, in a place where no credential should be. */
export interface Look {
  /** For use in a sentence: `an access key of AWS`. */
  readonly what: string;
  /** False if it may be something else, such as a random text as long as a key. */
  readonly certain: boolean;
}

/** Patterns that occur only in credentials, also if quoted or cut. The first match gives the name. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY|\bprivate_key["']?\s*[:=]/i, 'a private key'],
  [/\b(AccountKey|SharedAccessSignature)\s*=/i, 'a connection string of Azure'],
  [/(^|[?&;\s"'])sig=/, 'a shared access signature of Azure'],
  [/\b(connectionString|sasUrl)["']?\s*:/i, 'a credential of Azure'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/, 'an access key of AWS'],
  [/secret[_ ]?access[_ ]?key|(aws_)?session_?token["']?\s*[:=,]/i, 'an access key of AWS'],
  [/\b(client_secret|refresh_token|access_token)["']?\s*[:=]/i, 'a credential'],
  [/\b(ya29\.[\w-]{8}|AIza[\w-]{20}|GOOG1?[A-Z0-9]{20})/, 'a credential of Google Cloud'],
  [/(^|[^A-Za-z0-9+/])[A-Za-z0-9+/]{86}==/, 'a key of a storage account of Azure'],
];

/** Recognises a credential or a part of one; `undefined` for any other text. */
export function credentialLook(text: string): Look | undefined {
  for (const form of [text, percentDecoded(text), base64Decoded(text)]) {
    const what = marks.find(([mark]) => mark.test(form))?.[1];
    if (what !== undefined) return { what, certain: true };
  }
  return isRandom(text) ? { what: 'a secret key', certain: false } : undefined;
}

function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[0-9A-F]{2})+/gi, escaped =>
    Buffer.from(escaped.replaceAll('%', ''), 'hex').toString('latin1'),
  );
}

/** Decodes the first long run of base64. */
function base64Decoded(text: string): string {
  const [run = ''] = /[\w+/-]{24,}/.exec(text.replaceAll(/\s/g, '')) ?? [];
  return Buffer.from(run, 'base64').toString('latin1');
}

/** The length of an AWS secret key; keys and tokens of the other clouds are longer. */
const shortestKey = 40;

/**
 * Whether the text contains a run of random base64: lower and upper case letters and digits without order. In
 * camel-case names, paths and hexadecimal numbers, the kind of character changes far less often.
 */
function isRandom(text: string): boolean {
  if (text.startsWith('arn:aws')) return false;
  return [...text.matchAll(/[A-Za-z0-9+/]+/g)].some(
    ([run]) =>
      run.length >= shortestKey && /[a-z]/.test(run) && /[A-Z]/.test(run) && changesIn(run) > run.length / 7,
  );
}

/** Counts the changes between the kinds of characters. A capital at the beginning of a word does not count. */
function changesIn(run: string): number {
  return run.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
}

/**
 * Removes every run of eight or more characters that occurs in one of the words.
 * @param words credentials, or texts that may be some
 */
export function without(words: readonly string[], text: string): string {
  let cleaned = text;
  for (const word of words) cleaned = withoutPieces(word, cleaned);
  return cleaned;
}

const shortestPiece = 8;

function withoutPieces(word: string, text: string): string {
  let cleaned = '';
  for (let at = 0; at < text.length; ) {
    let length = shortestPiece;
    if (at + length > text.length || !word.includes(text.slice(at, at + length))) {
      cleaned += text[at];
      at++;
      continue;
    }
    while (at + length < text.length && word.includes(text.slice(at, at + length + 1))) length++;
    cleaned += '…';
    at += length;
  }
  return cleaned;
}
