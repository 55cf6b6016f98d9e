import { credentialLook } from '../../../terminal/credential-look.ts';

/**
 * If no line of the text can be a record, says what the text is instead and how to convert it; else `undefined`.
 * Without this, every line would be reported as faulty in the same way.
 */
export function otherForm(text: string): string | undefined {
  const trimmed = text.trim();
  const lines = trimmed.split('\n').filter(line => line.trim() !== '');
  const [first = ''] = lines;
  if (trimmed.startsWith('['))
    return "is a JSON array: expected one record per line, without an array around them (jq -c '.[]' converts it)";
  const records = lines.map(parsed).filter(isMap);
  const [record] = records;
  if (record === undefined) return otherText(trimmed, first);
  if (record.accounts !== undefined) return inList;
  if (records.every(isOfDynamoDb))
    return 'is an export of the table in DynamoDB’s own JSON, with a type around each value: expected plain JSON';
  if (record.accountId === undefined && record.destination === undefined && credentialLook(trimmed)?.certain)
    return 'is a credential: expected account records, which give the path of a credential in "secretFile"';
  return undefined;
}

const inList =
  "is one object with a list of records: expected one record per line (jq -c '.accounts[]' converts it)";

function otherText(text: string, first: string): string | undefined {
  const look = credentialLook(text);
  const whole = parsed(text);
  if (isMap(whole) && whole.accounts !== undefined) return inList;
  if (
    /^\s*\{/.test(first) &&
    text.includes('\n') &&
    (isMap(whole) ? whole.accountId !== undefined : /"accountId"/.test(text))
  )
    return 'is pretty-printed: expected one record per line (jq -c . converts it)';
  if (look?.certain)
    return 'is a credential: expected account records, which give the path of a credential in "secretFile"';
  if (/^<(!doctype|html|\?xml)/i.test(text))
    return 'is a web page: expected account records as JSON, one per line';
  if (/^["']?\w+["']?\s*[,;\t]/.test(first)) return 'is CSV: expected account records as JSON, one per line';
  if (/^(---|- ?\w+:|\w+:\s)/.test(first)) return 'is YAML: expected account records as JSON, one per line';
  if (!text.includes('\n')) return undefined;
  return 'has no line that is a JSON object: expected account records as JSON, one per line';
}

/** `{"accountId": {"S": "acme"}}`, with or without an `Item` around it. */
function isOfDynamoDb(record: Record<string, unknown>): boolean {
  const item = isMap(record.Item) ? record.Item : record;
  return isMap(item.accountId) && typeof item.accountId.S === 'string';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The form is recognised by patterns instead; the parser’s message would quote the text.
    return undefined;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
