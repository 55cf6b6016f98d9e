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
 * What a text that is no credential of the destination most probably is, and what to do; `undefined` if nobody can tell.
 * Holds no part of the text.
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
  return inQuotes ? 'it stands in quotation marks: store what is between them' : undefined;
}

function inBase64(text: string, destination: Destination): string | undefined {
  const compact = text.replaceAll(/\s/g, '');
  if (!/^[\w+/-]{40,}={0,2}$/.test(compact) || isAccountKey(compact)) return undefined;
  const decoded = Buffer.from(compact, 'base64').toString('utf8');
  if (/^\s*\{/.test(decoded) || credentialLook(decoded)?.certain)
    return `it is a credential in base64: decode it (base64 -d), and store ${expected[destination.type]}`;
  if (decoded.includes('\ufffd') && compact.startsWith('MII'))
    return 'it is a key alone, or a certificate: store the whole file';
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
    ? `the credential stands one level too deep in it: store ${expected[destination.type]} alone`
    : undefined;
}

function sentence({ what, of, instead }: Kind, { type }: Destination): string {
  const elsewhere = of === undefined || of === type ? '' : `the account's destination is ${type}; `;
  return `it is ${what}: ${elsewhere}store ${of === type && instead !== undefined ? instead : expected[type]}`;
}

/** What happened to the key of a service account on its way. */
function brokenKey({ private_key: key }: Json): string | undefined {
  if (typeof key !== 'string' || signs(key)) return undefined;
  if (key.includes('\\n'))
    return 'its private_key has \\n, two characters, where lines end: it was escaped twice on its way, so take the file as downloaded';
  const body = key.replaceAll(/-----[A-Z ]+-----/g, '').trim();
  if (/[A-Za-z0-9+/=] +[A-Za-z0-9+/=]/.test(body))
    return 'its private_key has spaces where lines end: take the file as downloaded';
  if (/BEGIN ENCRYPTED/.test(key)) return 'its private_key has a password: store one without';
  if (!/-----END (RSA )?PRIVATE KEY-----\s*$/.test(key))
    return 'its private_key is cut off at the end: take the file as downloaded';
  return 'its private_key is cut or was altered: take the file as downloaded';
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
    return 'it is JSON with curly quotation marks, as a word processor writes them: take the file as downloaded';
  if (/^\{\s*'/.test(text)) return 'it has single quotation marks, which JSON has not: write double ones';
  if (/,\s*\}$/.test(text)) return 'it has a comma before its last bracket, which JSON has not';
  if (/^\{\s*\w+\s*:/.test(text))
    return 'its names stand in no quotation marks, which a shell may have taken: write {"name": "value"}';
  if (!text.endsWith('}')) return 'it is JSON that is cut off at the end: take the whole of it';
  return 'it is JSON that was damaged on its way: take it as it was issued';
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
    // Told apart by its look instead.
    return undefined;
  }
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
