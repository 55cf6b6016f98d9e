const pieceLength = 8;

/** Parts of secrets that are public: names of settings, and well-known addresses. */
const publicWords = [
  ...['accessKeyId', 'secretAccessKey', 'sessionToken', 'connectionString', 'sasUrl'],
  ...['service_account', 'external_account', 'private_key_id', 'private_key', 'client_email', 'client_id'],
  ...['project_id', 'auth_uri', 'token_uri', 'token_url', 'universe_domain'],
  ...['DefaultEndpointsProtocol', 'AccountName', 'AccountKey', 'EndpointSuffix', 'BlobEndpoint'],
  ...['SharedAccessSignature', 'UseDevelopmentStorage', 'DevelopmentStorageProxyUri'],
  ...[
    'siem-export',
    'localmode',
    'https://',
    'core.windows.net',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
  ],
  ...['https://accounts.google.com/o/oauth2/auth', 'https://oauth2.googleapis.com/token', 'googleapis.com'],
  'gserviceaccount.com',
];

/** Every run of eight characters that a secret shares with the evidence. */
export function secretPiecesIn(evidence: string, secrets: Iterable<string>): string[] {
  const shown = new Set(piecesOf(evidence));
  const found = new Set<string>();
  for (const secret of secrets)
    for (const text of textsIn(secret))
      for (const piece of piecesOf(text)) if (shown.has(piece)) found.add(piece);
  return [...found];
}

/** The values of a JSON secret, or else the secret itself, each split at public words. */
function textsIn(secret: string): string[] {
  const values = isJson(secret)
    ? Object.values(JSON.parse(secret) as object).map(value =>
        typeof value === 'string' ? value : JSON.stringify(value),
      )
    : [secret];
  // The longest first, because some are prefixes of others.
  const words = publicWords.toSorted((a, b) => b.length - a.length);
  return words.reduce((texts, word) => texts.flatMap(text => text.split(word)), values);
}

function isJson(secret: string): boolean {
  try {
    return secret.startsWith('{') && JSON.parse(secret) !== null;
  } catch {
    // An incomplete one is searched as it is.
    return false;
  }
}

function* piecesOf(text: string): Generator<string> {
  for (let from = 0; from + pieceLength <= text.length; from++) yield text.slice(from, from + pieceLength);
}
