/** What a text is by its look, where it should be none of that. */
export interface Look {
  /** In a sentence: `an access key of AWS`. */
  readonly what: string;
  /** False of what may as well be something else: a random text of the length of a key. */
  readonly certain: boolean;
}

/** Marks that nothing but a credential has, however it was quoted or cut. The first that fits names it. */
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

/** What a text is by its look, if it is a credential or a piece of one; `undefined` of everything else. */
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

/** The text that the longest run of base64 stands for, if it is one. */
function base64Decoded(text: string): string {
  const [run = ''] = /[\w+/-]{24,}/.exec(text.replaceAll(/\s/g, '')) ?? [];
  return Buffer.from(run, 'base64').toString('latin1');
}

/** Of a key of AWS, and what is shorter than the keys and tokens of all clouds. */
const shortestKey = 40;

/**
 * Whether the text has a run of base64 that no person made up: letters of both cases and digits in no order. Names in
 * camel case, paths and hexadecimal numbers change from one kind of character to another far less often.
 */
function isRandom(text: string): boolean {
  if (text.startsWith('arn:aws')) return false;
  return [...text.matchAll(/[A-Za-z0-9+/]+/g)].some(
    ([run]) =>
      run.length >= shortestKey && /[a-z]/.test(run) && /[A-Z]/.test(run) && changesIn(run) > run.length / 7,
  );
}

/** How often a letter follows a digit, a capital a small letter, and so on; a capital at the beginning of a word is none. */
function changesIn(run: string): number {
  return run.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
}

/**
 * A text without any eight characters in a row that one of the words has.
 * @param words credentials, or what may be some
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
