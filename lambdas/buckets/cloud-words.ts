const longest = 300;

/** Names before a value that proves who asks, as they stand in URLs, headers and messages. */
const named =
  /\b(sig|signature|x-(?:amz|goog)-[\w-]+|\w*token|\w*secret\w*|accountkey|password|authorization)(["']?\s*[=:]\s*["']?)[^\s&"',;<>]+/gi;

/** Values that show by their form what they are. */
const shaped = [
  /\?[^\s"'<>]*\bsig=[^\s"'<>]*/gi,
  /\b(?:Bearer|SharedKey)\s+\S+/gi,
  /\beyJ[\w-]{8,}(?:\.[\w-]*)*/g,
  /\bya29\.[\w.-]+/g,
];

/** What an administrator looks a denial up by. It is no secret, and a random text like one. */
const identifier = /\bvpcServiceControlsUniqueIdentifier["']?\s*[:=]\s*["']?([\w-]{8,128})\b/;

/** How a cloud begins to quote the request that it refuses; all its headers follow. */
const quotation = /[^.]*\b(?:canonical (?:string|request)|string to sign|AWS4-HMAC)\b.*/is;

const run = /[A-Za-z0-9+/=_%-]{32,}/g;

/** Pieces of the names of resources: words, numbers, and the short hexadecimal groups of a UUID. */
const namePiece = /^(?:[A-Za-z]+\d*|\d+[A-Za-z]*|[0-9A-Z]+|[0-9a-f]{4,12})?$/;

/**
 * A cloud's code and explanation on one line of at most 300 characters, to be shown to whoever has to act. Whatever may
 * be a token, a signature or a key is left out: clouds repeat parts of a request that they refuse.
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
  // Removed before the text is shortened, as half a secret is none of those forms any more.
  let cleaned = text.replace(quotation, ' …').replace(named, '$1$2…');
  for (const form of shaped) cleaned = cleaned.replace(form, '…');
  return cleaned
    .replace(run, found => (found.split(/[/_-]/).every(piece => namePiece.test(piece)) ? found : '…'))
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
}
