import { expect, test } from 'vitest';
import { linesOf, NoTextError, textOf } from '../../../../cli/terminal/text-file.ts';

const lines = (bytes: Buffer | string) => [...linesOf(Buffer.from(bytes as string))];

test.each([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\nb\n\nc', ['a', 'b', '', 'c']],
  ['a\r\nb\r\n', ['a', 'b']],
  ['\ufeffa\n\ufeffb', ['a', '\ufeffb']],
  ['a\u2028b\u2029c\u0085d\u000be\u000cf\n', ['a\u2028b\u2029c\u0085d\u000be\u000cf']],
  ['a\rb\r\nc\r', ['a\rb', 'c\r']],
])('%j has the lines %j: they end in LF or CRLF, nowhere else', (text, expected) => {
  expect(lines(text)).toEqual(expected);
});

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

test.each([
  ['a Latin-1 byte', latin1('müller'), /^line 1 is not UTF-8 \(it may be Latin-1/],
  ['a Latin-1 byte in a later line', latin1('a\r\nb\nné\n'), /^line 3 is not/],
  ['a character that is cut', Buffer.from('a\nü').subarray(0, 3), /^line 2 is not UTF-8/],
  ['a lone surrogate', Buffer.from('eda080', 'hex'), /^line 1 is not UTF-8$/],
  ['an overlong form', Buffer.from('c0af', 'hex'), /^line 1 is not UTF-8$/],
  [
    'UTF-16 with its mark',
    Buffer.from('\ufeff{"a":1}', 'utf16le'),
    /^it is UTF-16 \(little-endian\), expected text in UTF-8/,
  ],
  ['big-endian UTF-16 with its mark', utf16be('\ufeff{"a":1}'), /^it is UTF-16 \(big-endian\)/],
  ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le'), /^it is UTF-16 \(little-endian\)/],
  ['big-endian UTF-16 without a mark', utf16be('{"a":1}\n'), /^it is UTF-16 \(big-endian\)/],
  ['UTF-32', Buffer.from('fffe00007b000000', 'hex'), /^it is UTF-32 \(little-endian\)/],
  ['gzip', Buffer.from('1f8b0800', 'hex'), /^it is compressed with gzip/],
  ['a zip', Buffer.from('504b030414', 'hex'), /^it is a zip/],
  ['zero bytes', Buffer.from('abc\0defgh'), /zero bytes/],
])('%s is refused, by lines and as a whole', (_, bytes, message) => {
  expect(() => lines(bytes)).toThrow(NoTextError);
  expect(() => lines(bytes)).toThrow(message);
  expect(() => textOf(bytes)).toThrow(message);
});

test('a whole text is as it was written, but for the byte-order mark', () => {
  expect(textOf(Buffer.from('\ufeffa\r\nü\u2028b\n'))).toBe('a\r\nü\u2028b\n');
});
