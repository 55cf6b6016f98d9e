import { signingKey } from '../../../lambdas/buckets/gcs-key.ts';
import type { Destination } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { credentialLook } from '../../terminal/credential-look.ts';
import { isAccountKey, type Kind, kindOfJson, kindOfText } from './credential-kind.ts';

type Json = Readonly<Record<string, unknown>>;

const expected: Readonly<Record<Destination['type'], string>> = {
  s3: '{"accessKeyId": "…", "secretAccessKey": "…"}',
  gcs: 'the service-account file of Google Cloud, JSON, as downloaded',
  azure: 'the connection string, or {"sasUrl": "https://…"}',
};

/**
 * The most likely mistake behind a text that is not a credential for the destination, and what to do; `undefined` if
 * unknown. Contains no part of the text.
 */
export function likelyMistake(secret: string, destination: Destination): string | undefined {
  const text = secret.replace(/^\ufeff/, '').trim();
  return (
    quoted(text) ??
    inBase64(text, destination) ??
    (text.startsWith('{') ? inJson(text, destination) : asText(text, destination))
  );
}

function quoted(text: string): string | undefined {
  const marks = [`""`, `''`, '``', '“”', '‘’', '«»', '„“'];
  const inQuotes =
    text.length > 2 && marks.some(([open = '', close = '']) => text.startsWith(open) && text.endsWith(close));
  return inQuotes ? 'it is in quotation marks: store the text between them' : undefined;
}

function inBase64(text: string, destination: Destination): string | undefined {
  const compact = text.replaceAll(/\s/g, '');
  if (!/^[\w+/-]{40,}={0,2}$/.test(compact) || isAccountKey(compact)) return undefined;
  const decoded = Buffer.from(compact, 'base64').toString('utf8');
  if (/^\s*\{/.test(decoded) || credentialLook(decoded)?.certain)
    return `it is a credential in base64: decode it (base64 -d) and store ${expected[destination.type]}`;
  if (decoded.includes('\ufffd') && compact.startsWith('MII'))
    return 'it is only a key or a certificate: store the whole file';
  return undefined;
}

function inJson(text: string, destination: Destination): string | undefined {
  const json = parsed(text);
  if (json === undefined) return inBrokenJson(text);
  const given = kindOfJson(json);
  if (given?.right && given.of === destination.type) return brokenKey(json);
  if (given !== undefined) return sentence(given, destination);
  const deeper = Object.values(json).some(value => isMap(value) && kindOfJson(value) !== undefined);
  return deeper
    ? `the credential is nested one level too deep: store only ${expected[destination.type]}`
    : undefined;
}

function sentence({ what, of, instead }: Kind, { type }: Destination): string {
  const elsewhere = of === undefined || of === type ? '' : `the account's destination is ${type}; `;
  return `it is ${what}: ${elsewhere}store ${of === type && instead !== undefined ? instead : expected[type]}`;
}

/** How the key of a service account was damaged. */
function brokenKey({ private_key: key }: Json): string | undefined {
  if (typeof key !== 'string' || signs(key)) return undefined;
  if (key.includes('\\n'))
    return 'its private_key contains \\n as two characters instead of line breaks: it was escaped twice, so use the file as downloaded';
  const body = key.replaceAll(/-----[A-Z ]+-----/g, '').trim();
  if (/[A-Za-z0-9+/=] +[A-Za-z0-9+/=]/.test(body))
    return 'its private_key has spaces instead of line breaks: use the file as downloaded';
  if (/BEGIN ENCRYPTED/.test(key)) return 'its private_key is encrypted: use a key without a password';
  if (!/-----END (RSA )?PRIVATE KEY-----\s*$/.test(key))
    return 'its private_key is cut off at the end: use the file as downloaded';
  return 'its private_key is cut off or was altered: use the file as downloaded';
}

function signs(key: string): boolean {
  try {
    return signingKey(key) !== '';
  } catch (thrown) {
    if (thrown instanceof ExportError) return false;
    throw thrown;
  }
}

function inBrokenJson(text: string): string {
  if (/[“”„]/.test(text))
    return 'it is JSON with curly quotation marks from a word processor: use the file as downloaded';
  if (/^\{\s*'/.test(text))
    return 'it has single quotation marks, which JSON does not allow: use double ones';
  if (/,\s*\}$/.test(text)) return 'it has a comma before the last bracket, which JSON does not allow';
  if (/^\{\s*\w+\s*:/.test(text))
    return 'its names have no quotation marks, maybe because a shell removed them: write {"name": "value"}';
  if (!text.endsWith('}')) return 'it is JSON that is cut off at the end: use the whole text';
  return 'it is damaged JSON: use it as it was issued';
}

function asText(text: string, destination: Destination): string | undefined {
  const given = kindOfText(text, destination);
  if (given === undefined || (given.right && given.of === destination.type)) return undefined;
  return sentence(given, destination);
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    // The caller recognises it by its form instead.
    return undefined;
  }
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
