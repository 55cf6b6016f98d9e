const longest = 300;

/** Names of secret values in URLs, headers and messages; the value follows the name. */
const named =
  /\b(sig|signature|x-(?:amz|goog)-[\w-]+|\w*token|\w*secret\w*|accountkey|password|authorization)(["']?\s*[=:]\s*["']?)[^\s&"',;<>]+/gi;

/** Secret values that can be recognised by their form. */
const shaped = [
  /\?[^\s"'<>]*\bsig=[^\s"'<>]*/gi,
  /\b(?:Bearer|SharedKey)\s+\S+/gi,
  /\beyJ[\w-]{8,}(?:\.[\w-]*)*/g,
  /\bya29\.[\w.-]+/g,
];

/** An administrator needs this id to find the cause of a denial. It is not secret, but looks like a secret. */
const identifier = /\bvpcServiceControlsUniqueIdentifier["']?\s*[:=]\s*["']?([\w-]{8,128})\b/;

/** The start of a quotation of the refused request. All its headers follow, so the rest of the text is removed. */
const quotation = /[^.]*\b(?:canonical (?:string|request)|string to sign|AWS4-HMAC)\b.*/is;

const run = /[A-Za-z0-9+/=_%-]{32,}/g;

/** The parts of a long word that is a resource's name and not a secret: words, numbers and the groups of a UUID. */
const namePiece = /^(?:[A-Za-z]+\d*|\d+[A-Za-z]*|[0-9A-Z]+|[0-9a-f]{4,12})?$/;

/**
 * A cloud's error code and explanation for an error message: one line of at most 300 characters. Clouds quote parts of
 * a refused request, so everything that may be a token, a signature or a key is removed.
 */
export function cloudWords(code: string | undefined, explanation: string | undefined): string {
  const [found = '', id] = identifier.exec(explanation ?? '') ?? [];
  const looked = id === undefined ? '' : ` vpcServiceControlsUniqueIdentifier: ${id}`;
  const rest = id === undefined ? explanation : explanation?.replace(found, '');
  const said = [code, rest].map(part => clean(part ?? '')).filter(part => part !== '');
  const words = (said[0] === said[1] ? said.slice(1) : said).join(': ');
  const most = longest - looked.length;
  return (words.length <= most ? words : `${words.slice(0, most - 1)}…`) + looked;
}

function clean(text: string): string {
  // Must run before the text is shortened: the patterns would not match half a secret.
  let cleaned = text.replace(quotation, ' …').replace(named, '$1$2…');
  for (const form of shaped) cleaned = cleaned.replace(form, '…');
  return cleaned
    .replace(run, found => (found.split(/[/_-]/).every(piece => namePiece.test(piece)) ? found : '…'))
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
}
