import { expect, test } from 'vitest';
import { otherForm } from '../../../../../../cli/commands/account/import/import-form.ts';

const record = { accountId: 'acme', timeZone: 'UTC', destination: { type: 'gcs', bucket: 'acme-audit' } };
const line = JSON.stringify(record);
const pretty = JSON.stringify(record, null, 2);
const key = { type: 'service_account', private_key: '-----BEGIN PRIVATE KEY-----\nMII', client_email: 'x' };

test.each([
  ['one record', line],
  ['records and empty lines', `${line}\n\n${line}\n`],
  ['a record and a faulty line', `${line}\nfaulty`],
  ['one faulty line', `${line.slice(0, 30)}`],
  ['records with their credentials', JSON.stringify({ ...record, secret: key })],
])('%s may be an import file', (_, text) => expect(otherForm(text)).toBeUndefined());

test.each([
  ['an array', `[${line}]`, 'a JSON array'],
  ['a pretty-printed array', JSON.stringify([record], null, 2), 'a JSON array'],
  ['a pretty-printed record', pretty, 'pretty-printed'],
  ['several pretty-printed records', `${pretty}\n${pretty}`, 'pretty-printed'],
  ['records in a list', JSON.stringify({ accounts: [record] }), 'a list of records'],
  ['pretty-printed records in a list', JSON.stringify({ accounts: [record] }, null, 2), 'a list of records'],
  ['a CSV', 'accountId,timeZone,bucket\nacme,UTC,acme-audit', 'CSV'],
  ['a CSV in quotes', '"accountId";"timeZone"\n"acme";"UTC"', 'CSV'],
  ['AWS’s CSV', 'Access key ID,Secret access key\nAKIAQ7EXAMPLEKEY4Z2M,q9Xn', 'is a credential:'],
  ['a key file', JSON.stringify(key, null, 2), 'is a credential:'],
  ['a key file on one line', JSON.stringify(key), 'is a credential:'],
  [
    'a connection string',
    'DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=abc',
    'is a credential:',
  ],
  ['YAML', 'accountId: acme\ntimeZone: UTC', 'YAML'],
  ['a web page', '<!doctype html>\n<html>', 'a web page'],
  ['the table’s export', '{"Item":{"accountId":{"S":"acme"},"timeZone":{"S":"UTC"}}}', 'DynamoDB’s own JSON'],
  ['lines of something else', 'acme\nglobex', 'no line that is a JSON object'],
])('%s is told once, as what it is', (_, text, told) => expect(otherForm(text)).toContain(told));
