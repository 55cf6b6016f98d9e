import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRows } from '../../lambdas/archive/encode-rows.ts';
import { canonicalInstant } from '../../lambdas/archive/ocsf/event-time.ts';
import { EventWriter } from '../../lambdas/archive/ocsf/event-writer.ts';
import { isAddress, isUsualAddress } from '../../lambdas/archive/ocsf/ip-address.ts';
import { createOcsfEncoder } from '../../lambdas/archive/ocsf/ocsf-encoder.ts';
import type { Page } from '../../lambdas/archive/page.ts';
import { type Actions, type Verb, verbs } from '../../lambdas/domain/actions.ts';
import { defaultAttributes as layout, type StoredRow, toJson } from '../../lambdas/domain/audit-record.ts';
import type { Mapping } from '../../lambdas/domain/mapping.ts';
import { ocsfFaults } from '../schemas/ocsf.ts';
import { transcodeInPlace } from '../unit/archive/in-place.ts';
import { answers, anyValue, attributeValue, date, text } from './query-answers.ts';
import { slowEvents } from './slow-ocsf.ts';

const verb = fc.constantFrom<Verb>(...verbs);
const rules: fc.Arbitrary<Actions> = fc.array(
  fc.record({
    kind: fc.constantFrom('exact', 'prefix', 'glob'),
    text: fc.oneof(
      fc.constantFrom('*', 'Signed *', 'Deleted ', 'Zeile\u2028', 'a"b\\'),
      fc.string({ unit: fc.constantFrom('a', 'b', '*', '\n'), maxLength: 6 }),
      text,
    ),
    verb,
    outcome: fc.constantFrom('success', 'failure', 'unknown'),
  }),
  { maxLength: 6 },
);
const settings: fc.Arbitrary<Mapping> = fc.record({
  version: fc.constantFrom('1.1.0', '1.8.0'),
  product: fc.record({ name: text, vendor: text }),
  actions: rules,
});

const someText = fc.oneof(text, fc.constantFrom('"', '\\', '\\"', '\\\\', 'null', 'x'.repeat(300)));
const email = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom(
    'eva@example.com',
    'eva@example.com\n',
    'éva@example.com',
    'eva@localhost',
    "o'hara@example.com",
    `${'a'.repeat(300)}@b.c`,
  ),
  someText,
);
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.constantFrom(
    '::ffff:203.0.113.7',
    'fe80::1%eth0',
    '203.0.113.7:443',
    '[::1]',
    ' ::1',
    '::',
    '',
    '0000:0000:0000:0000:0000:ffff:203.000.113.007',
  ),
  someText,
);
const action = fc.oneof(
  fc.constantFrom('Signed in', 'Signed out', 'Deleted a', 'Zeile\u2028', 'a"b\\'),
  fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 8 }),
  someText,
);
const stranger = fc.oneof(
  fc.constantFrom(1, -0, 0.1, true, false, null, 12345678901234567890n),
  fc.uint8Array({ maxLength: 5 }),
  fc.array(someText, { maxLength: 2 }),
  fc.dictionary(someText, fc.oneof(fc.integer(), someText), { maxKeys: 3 }),
);
const mostly = (usual: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 8, arbitrary: usual as fc.Arbitrary<StoredRow[string]> },
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: stranger },
  );
const row: fc.Arbitrary<StoredRow> = fc.record({
  recordedAt: fc.oneof(
    { weight: 8, arbitrary: fc.tuple(date, fc.nat()).map(([at, id]) => `${at}#${id}`) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 4e12 }) },
    { weight: 1, arbitrary: fc.oneof(date, someText) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('2026-11-22T07:59:59 CET', '2026-11-22T7', '2026-02-30T00:00:00Z'),
    },
  ),
  date: mostly(fc.oneof(date, someText)),
  email: mostly(email),
  action: mostly(action),
  actionId: mostly(someText),
  description: mostly(someText),
  ipAddress: mostly(address),
});
/** A few rows, sometimes one with values at the limit of 1.1.0. */
const rows = fc.oneof(
  { weight: 50, arbitrary: fc.array(row, { maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        row,
        fc.constantFrom('description', 'email', 'ipAddress', 'action', 'actionId', 'date'),
        fc.integer({ min: 65_533, max: 65_537 }),
        fc.constantFrom('x', 'é', '"'),
      )
      .map(([usual, column, length, character]) => [
        usual,
        { ...usual, [column]: character.repeat(length / Buffer.byteLength(character)) },
      ]),
  },
);

const encoded = (page: Page, accountId: string, given: Mapping) =>
  Buffer.from(createOcsfEncoder(accountId, given).encode(page, 0, page.count)).toString('utf8');

describe('events of OCSF made from bytes', () => {
  test('are the same as those made from objects', () => {
    fc.assert(
      fc.property(rows, text, settings, (given, accountId, settings) => {
        const page = encodeRows(given, layout);
        expect(encoded(page, accountId, settings)).toBe(slowEvents(page, accountId, settings).join(''));
      }),
      { numRuns: 2000 },
    );
  });

  test('are the same as those made from objects, for any answer of DynamoDB’s', () => {
    const anyAnswer = fc.oneof(
      answers({ escapes: false, spaces: false, value: attributeValue }),
      answers({ escapes: true, spaces: false, value: anyValue }),
    );
    fc.assert(
      fc.property(anyAnswer, settings, ({ body, layout }, settings) => {
        let page: Page;
        try {
          page = transcodeInPlace(body, layout);
        } catch {
          return fc.pre(false);
        }
        expect(encoded(page, 'acme', settings)).toBe(slowEvents(page, 'acme', settings).join(''));
      }),
      { numRuns: 1000 },
    );
  });

  test('depend on their rows alone: neither on the page nor on what was encoded before', () => {
    fc.assert(
      fc.property(
        fc.array(rows, { minLength: 1, maxLength: 4 }),
        settings,
        fc.infiniteStream(fc.nat()),
        (pages, settings, cuts) => {
          const encoder = createOcsfEncoder('acme', settings);
          const results = pages.flatMap(given => {
            const page = encodeRows(given, layout);
            const expected = slowEvents(page, 'acme', settings);
            const [one = 0, other = 0] = [cuts.next().value, cuts.next().value].map(
              cut => (cut as number) % (page.count + 1),
            );
            const [from, to] = [Math.min(one, other), Math.max(one, other)];
            return [{ bytes: encoder.encode(page, from, to), expected: expected.slice(from, to).join('') }];
          });
          for (const { bytes, expected } of results)
            expect(Buffer.from(bytes).toString('utf8')).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('are what the schema of their version takes', () => {
    fc.assert(
      fc.property(rows, text, settings, (given, accountId, settings) => {
        const page = encodeRows(given, layout);
        for (const line of encoded(page, accountId, settings).split('\n').slice(0, -1))
          expect(ocsfFaults(settings.version, JSON.parse(line))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

test('events have at most 31 times the bytes of their lines, so that those of the largest part fit into a zip', () => {
  const name = fc.string({ unit: fc.constantFrom('"', '🚀'), maxLength: 64 });
  const longest = fc.record({
    version: fc.constantFrom('1.1.0', '1.8.0'),
    product: fc.record({ name, vendor: name }),
    actions: fc.constant([]),
  });
  fc.assert(
    fc.property(
      rows,
      fc.string({ unit: fc.constantFrom('\u0001', '"'), maxLength: 128 }),
      longest,
      (given, id, mapping) => {
        const page = encodeRows(given, layout);
        expect(Buffer.byteLength(encoded(page, id, mapping))).toBeLessThanOrEqual(31 * page.lines.length);
      },
    ),
    { numRuns: 500 },
  );
});

describe('an instant', () => {
  const canonical = fc
    .date({ noInvalidDate: true, min: new Date('0000-01-01'), max: new Date('9999-12-31T23:59:59.999Z') })
    .map(at => at.toISOString());

  test('is read from a canonical date as Date.parse reads it', () => {
    fc.assert(
      fc.property(canonical, date => {
        expect(canonicalInstant(Buffer.from(`"${date}"`), 1)).toBe(Date.parse(date));
      }),
      { numRuns: 5000 },
    );
  });

  test('is written as its decimal digits', () => {
    const bounds = fc.constantFrom(0, -1, 999_999_999_999, 1e12, 9_999_999_999_999, 1e13);
    const writer = new EventWriter();
    fc.assert(
      fc.property(fc.oneof(bounds, canonical.map(Date.parse)), instant => {
        writer.restart(20);
        writer.appendInstant(instant);
        expect(Buffer.from(writer.written()).toString('latin1')).toBe(String(instant));
      }),
      { numRuns: 5000 },
    );
  });
});

test('a usual IP address is one by the general rule, too', () => {
  const octets = fc.array(fc.oneof(fc.nat(260).map(String), fc.constantFrom('', '00', '01', 'x')), {
    minLength: 3,
    maxLength: 5,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        octets.map(parts => parts.join('.')),
        address,
      ),
      text => {
        const json = Buffer.from(`,${toJson(text)},`);
        const isUsual = isUsualAddress(json, 1, json.length - 1);
        expect(isUsual).toBe(isAddress(text) && text.includes('.') && !text.includes(':'));
      },
    ),
    { numRuns: 5000 },
  );
});
