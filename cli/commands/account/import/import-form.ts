import { credentialLook } from '../../../terminal/credential-look.ts';

/**
 * What a text is that should be an import file and has no line that is one, and what to do; `undefined` if it may be
 * one. Every line of such a text would be faulty in the same way.
 */
export function otherForm(text: string): string | undefined {
  const trimmed = text.trim();
  const lines = trimmed.split('\n').filter(line => line.trim() !== '');
  const [first = ''] = lines;
  if (trimmed.startsWith('['))
    return "is a JSON array: expected one record a line, no array around them (jq -c '.[]' makes lines of it)";
  const records = lines.map(parsed).filter(isMap);
  const [record] = records;
  if (record === undefined) return otherText(trimmed, first);
  if (record.accounts !== undefined) return inList;
  if (records.every(isOfDynamoDb))
    return 'is an export of the table in DynamoDB’s own JSON, with a type around each value: expected plain JSON';
  if (record.accountId === undefined && record.destination === undefined && credentialLook(trimmed)?.certain)
    return 'is a credential itself: expected account records, which name the file of a credential in "secretFile"';
  return undefined;
}

const inList =
  "has its records in a list of one object: expected one record a line (jq -c '.accounts[]' makes lines of it)";

function otherText(text: string, first: string): string | undefined {
  const look = credentialLook(text);
  const whole = parsed(text);
  if (isMap(whole) && whole.accounts !== undefined) return inList;
  if (
    /^\s*\{/.test(first) &&
    text.includes('\n') &&
    (isMap(whole) ? whole.accountId !== undefined : /"accountId"/.test(text))
  )
    return 'is pretty-printed, a record on several lines: expected one record a line (jq -c . makes lines of it)';
  if (look?.certain)
    return 'is a credential itself: expected account records, which name the file of a credential in "secretFile"';
  if (/^<(!doctype|html|\?xml)/i.test(text))
    return 'is a web page: expected account records, one a line, as JSON';
  if (/^["']?\w+["']?\s*[,;\t]/.test(first))
    return 'is a table of columns (CSV): expected account records, one a line, as JSON';
  if (/^(---|- ?\w+:|\w+:\s)/.test(first)) return 'is YAML: expected account records, one a line, as JSON';
  if (!text.includes('\n')) return undefined;
  return 'has no line that is a JSON object: expected account records, one a line, as JSON';
}

/** `{"accountId": {"S": "acme"}}`, or an `Item` around it. */
function isOfDynamoDb(record: Record<string, unknown>): boolean {
  const item = isMap(record.Item) ? record.Item : record;
  return isMap(item.accountId) && typeof item.accountId.S === 'string';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told apart by its look; the parser's message would quote the text.
    return undefined;
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
