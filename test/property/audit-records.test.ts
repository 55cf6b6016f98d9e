import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromAttributeValue } from '../../lambdas/archive/attribute-value.ts';
import {
  defaultAttributes as attributes,
  auditRecord,
  type StoredRow,
  toJson,
} from '../../lambdas/domain/audit-record.ts';
import { attributeValue, date, text } from './query-answers.ts';

const keys = ['Date', 'Email', 'Action', 'Action ID', 'Description', 'IP Address'];
const value = attributeValue.map(fromAttributeValue);
const row: fc.Arbitrary<StoredRow> = fc.record(
  {
    recordedAt: fc.oneof(date, text),
    date: fc.oneof(date, value),
    email: value,
    action: value,
    actionId: value,
    description: value,
    ipAddress: value,
    ttl: value,
  },
  { requiredKeys: ['recordedAt'] },
);

test('a record is one line of JSON for any reader, and has exactly the six keys in their order', () => {
  fc.assert(
    fc.property(row, stored => {
      const { json } = auditRecord(stored, attributes);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
      expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(json.isWellFormed()).toBe(true);
      expect(Object.keys(JSON.parse(json))).toEqual(keys);
    }),
    { numRuns: 1000 },
  );
});

test('a text comes back as it was, lone surrogates included', () => {
  fc.assert(
    fc.property(
      fc.oneof(text, fc.string({ unit: fc.nat(0xffff).map(unit => String.fromCharCode(unit)) })),
      stored => {
        expect(JSON.parse(toJson(stored))).toBe(stored);
      },
    ),
    { numRuns: 1000 },
  );
});

const isDate = (value: unknown) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value;

test('a date is in UTC with milliseconds, or else the row is malformed and the date is delivered as it is', () => {
  fc.assert(
    fc.property(row, stored => {
      const { json, malformed } = auditRecord(stored, attributes);
      const delivered: unknown = JSON.parse(json).Date;
      if (malformed && !isDate(delivered))
        expect(delivered).toEqual(JSON.parse(toJson(stored.date ?? stored.recordedAt)));
      else expect(isDate(delivered)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('any instant, written with any offset and any fraction of a second, is the same instant in UTC', () => {
  const offsets = fc.record({ sign: fc.constantFrom(1, -1), hours: fc.nat(23), minutes: fc.nat(59) });
  const instants = fc.date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2200-01-01') });
  fc.assert(
    fc.property(instants, offsets, fc.nat(999_999), (instant, { sign, hours, minutes }, finer) => {
      const local = new Date(instant.getTime() + sign * (hours * 60 + minutes) * 60_000).toISOString();
      const offset = `${sign > 0 ? '+' : '-'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
      const written = `${local.slice(0, -1)}${String(finer).padStart(6, '0')}${offset}`;
      const { json, malformed } = auditRecord({ recordedAt: '', date: written, email: 'a' }, attributes);
      expect(JSON.parse(json).Date).toBe(instant.toISOString());
      expect(malformed).toBe(false);
    }),
  );
});

test('a number keeps all its digits, and is a number whenever a double gives back the same digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), number => {
      const { json, malformed } = auditRecord(
        { recordedAt: '2026-11-22T07:59:59Z#1', actionId: fromAttributeValue({ N: String(number) }) },
        attributes,
      );
      const delivered: unknown = JSON.parse(json)['Action ID'];
      expect(String(delivered)).toBe(String(number));
      if (Number.isSafeInteger(Number(number))) expect(delivered).toBe(Number(number));
      expect(malformed).toBe(typeof delivered === 'number');
    }),
  );
});

test('a sort key with any offset stands for its own instant, whatever follows', () => {
  const offsets = fc.record({ sign: fc.constantFrom(1, -1), hours: fc.nat(14), minutes: fc.nat(59) });
  const instants = fc.date({ noInvalidDate: true, min: new Date('1990-01-01'), max: new Date('2200-01-01') });
  const behind = fc.constantFrom('', '#01JD', '_7', '[Europe/Berlin]', '|x');
  fc.assert(
    fc.property(instants, offsets, behind, (instant, { sign, hours, minutes }, id) => {
      const local = new Date(instant.getTime() + sign * (hours * 60 + minutes) * 60_000).toISOString();
      const offset = `${sign > 0 ? '+' : '-'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
      const { json } = auditRecord(
        { recordedAt: `${local.slice(0, -1)}${offset}${id}`, email: 'a' },
        attributes,
      );
      expect(JSON.parse(json).Date).toBe(instant.toISOString());
    }),
  );
});
