import fc from 'fast-check';
import {
  defaultAttributes as attributes,
  type RowLayout,
  recordColumns,
} from '../../lambdas/domain/audit-record.ts';

/** Layouts in which one attribute is used for several columns, or has a name that is unusual in JSON. */
const layouts: RowLayout[] = [
  attributes,
  { ...attributes, date: 'recordedAt' },
  { ...attributes, email: 'action', ipAddress: 'action' },
  { ...attributes, date: 'email' },
  { ...attributes, email: '__proto__', action: 'détail', description: 'x\u2028' },
  { ...attributes, action: 'a "b"', actionId: 'a\\b' },
  { ...attributes, required: ['date', 'email'] },
  { ...attributes, email: 'recordedAt', required: ['email', 'ipAddress'] },
];

const awkward = fc.constantFrom(
  ...[
    '"',
    '\\',
    '/',
    '\n',
    '\r',
    '\t',
    '\b',
    '\f',
    '\u0000',
    '\u001f',
    '\u007f',
    '\u0080',
    '\u0085',
    '\u009f',
  ],
  ...[
    '\u00a0',
    '\u2027',
    '\u2028',
    '\u2029',
    '\u202a',
    '\ufeff',
    '\uffff',
    '\ud800',
    '\udc00',
    '😀',
    '\\u0041',
  ],
  ...['/', 'Â', 'â', 'é', '{', '}', '[', ']', ':', ',', '{"S":"', '"}', 'null', '__proto__'],
);
export const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 100 }),
  fc.array(awkward, { maxLength: 8 }).map(parts => parts.join('')),
);

const two = (number: number) => String(number).padStart(2, '0');
export const date = fc.oneof(
  fc
    .date({ noInvalidDate: true, min: new Date('0000-01-01'), max: new Date('9999-12-31') })
    .map(day => day.toISOString()),
  fc
    .tuple(
      ...[fc.nat(9999), fc.nat(13), fc.nat(32), fc.nat(25), fc.nat(60), fc.nat(60), fc.nat(9999)],
      fc.constantFrom('Z', 'z', '', '+05:30', '-0330', '+14', '+24:00', '#01', ' '),
    )
    .map(
      ([year, month, day, hour, minute, second, fraction, zone]) =>
        `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${fraction}${zone}`,
    ),
);
export const number = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.integer({ min: 0, max: 4e12 }).map(String),
  fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }).map(String),
  fc.constantFrom('1E+125', '-0', '0.1000', '123456789012345678901234567890.12345678', 'NaN', '', '１', '"'),
);
const base64 = fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('base64'));

type Wire = Record<string, unknown>;
export const { attributeValue } = fc.letrec<{ attributeValue: Wire }>(tie => ({
  attributeValue: fc.oneof(
    { maxDepth: 4 },
    fc.record({ S: text }),
    fc.record({ N: number }),
    fc.record({ B: base64 }),
    fc.record({ BOOL: fc.boolean() }),
    fc.constant({ NULL: true }),
    fc.record({ SS: fc.array(text, { minLength: 1, maxLength: 3 }) }),
    fc.record({ NS: fc.array(number, { minLength: 1, maxLength: 3 }) }),
    fc.record({ BS: fc.array(base64, { minLength: 1, maxLength: 3 }) }),
    fc.record({ L: fc.array(tie('attributeValue'), { maxLength: 3 }) }),
    fc.record({
      M: fc.dictionary(fc.oneof(text, fc.constantFrom('1', '0')), tie('attributeValue'), { maxKeys: 3 }),
    }),
  ),
}));
/** Values that DynamoDB never returns; both parsers must still treat them alike. */
const strangeValue = fc.oneof(
  fc.record({ S: fc.oneof(text, fc.integer()), N: number }),
  fc.record({ X: text }),
  fc.record({ NULL: fc.boolean(), extra: fc.jsonValue() }),
  fc.constantFrom(
    {},
    { S: 1 },
    { N: 1 },
    { SS: [1] },
    { M: [] },
    { L: {} },
    { NULL: false },
  ) as fc.Arbitrary<Wire>,
  fc.jsonValue() as fc.Arbitrary<Wire>,
);

/** Mostly realistic; an escape in a sort key makes the reader parse the whole answer into objects. */
const sortKey = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({ S: fc.tuple(date, fc.nat()).map(([instant, id]) => `${instant}#${id}`) }),
  },
  { weight: 10, arbitrary: fc.record({ N: fc.integer({ min: 0, max: 4e12 }).map(String) }) },
  { weight: 1, arbitrary: fc.record({ S: fc.tuple(date, text).map(([instant, id]) => `${instant}#${id}`) }) },
  { weight: 1, arbitrary: fc.record({ S: fc.oneof(date, text) }) },
  { weight: 1, arbitrary: fc.record({ N: number }) },
);
export const anyValue = fc.oneof(
  { weight: 9, arbitrary: attributeValue },
  { weight: 1, arbitrary: strangeValue },
);

/** Rows with any columns and other attributes, in any order. */
const rowsOf = (layout: RowLayout, value: fc.Arbitrary<Wire>) => {
  const names = [...new Set(recordColumns.map(([, column]) => layout[column]))].filter(
    name => name !== layout.sortKey,
  );
  return fc.array(
    fc
      .tuple(
        sortKey.map((key): [string, Wire] => [layout.sortKey, key]),
        fc.array(
          fc.tuple(
            fc.oneof(
              { weight: 50, arbitrary: fc.constantFrom(...names) },
              { weight: 10, arbitrary: fc.constantFrom('accountId', 'ttl', 'datE', 'dat') },
              { weight: 1, arbitrary: text },
            ),
            fc.oneof(value, fc.record({ S: fc.oneof(date, text) })),
          ),
          { maxLength: 10 },
        ),
        fc.infiniteStream(fc.nat()),
      )
      .map(([key, others, order]) =>
        [key, ...others.filter(([name]) => name !== layout.sortKey)]
          .map(entry => ({ entry, rank: order.next().value as number }))
          .sort((one, other) => one.rank - other.rank)
          .map(({ entry }) => entry),
      ),
    { maxLength: 5 },
  );
};

/** Writes JSON like other serialisers: with any escapes, white space and repeated keys, from a stream of numbers. */
class FreeWriter {
  readonly #choices: Iterator<number>;
  readonly #options: { escapes: boolean; spaces: boolean };
  constructor(choices: Iterator<number>, options: { escapes: boolean; spaces: boolean }) {
    this.#choices = choices;
    this.#options = options;
  }
  #choose(of: number): number {
    return (this.#choices.next().value as number) % of;
  }
  #space(): string {
    return this.#options.spaces && this.#choose(4) === 0
      ? ([' ', '\n', '\t', '\r '][this.#choose(4)] ?? '')
      : '';
  }
  text(value: string): string {
    // Several styles, so that one answer exercises both parsers.
    const style = this.#options.escapes ? this.#choose(4) : 0;
    if (style === 1) return JSON.stringify(value).replaceAll('/', '\\/');
    if (style <= 2) return JSON.stringify(value);
    // An escaped surrogate without its other half would leave the other half alone in the bytes.
    const characters = [...value];
    return `"${characters.map(character => (this.#choose(4) === 0 ? this.#escaped(character) : JSON.stringify(character).slice(1, -1))).join('')}"`;
  }
  #escaped(character: string): string {
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    const hexes = units.map(unit => unit.toString(16).padStart(4, '0'));
    return hexes.map(hex => `\\u${this.#choose(2) === 0 ? hex : hex.toUpperCase()}`).join('');
  }
  /** Few escapes in names, because one makes the reader parse the whole answer into objects. */
  #name(name: string): string {
    return this.#choose(100) === 0 ? this.text(name) : JSON.stringify(name);
  }
  map(entries: readonly (readonly [string, string])[]): string {
    const members = entries.map(
      ([name, json]) =>
        `${this.#space()}${this.#name(name)}${this.#space()}:${this.#space()}${json}${this.#space()}`,
    );
    return `{${members.length === 0 ? this.#space() : members.join(',')}}`;
  }
  value(value: unknown): string {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return this.list(value.map(member => this.value(member)));
    if (typeof value === 'object' && value !== null)
      return this.map(Object.entries(value).map(([name, member]) => [name, this.value(member)]));
    return JSON.stringify(value);
  }
  list(members: readonly string[]): string {
    return `[${members.map(member => `${this.#space()}${member}${this.#space()}`).join(',')}]`;
  }
}

interface Answer {
  layout: RowLayout;
  rows: [string, Wire][][];
  body: Buffer;
  sortKeys: string[];
}

export const answers = (options: {
  escapes: boolean;
  spaces: boolean;
  value: fc.Arbitrary<Wire>;
}): fc.Arbitrary<Answer> =>
  fc
    .constantFrom(...layouts)
    .chain(layout =>
      fc.record({
        layout: fc.constant(layout),
        rows: rowsOf(layout, options.value) as fc.Arbitrary<[string, Wire][][]>,
        choices: fc.infiniteStream(fc.nat()),
        last: fc.boolean(),
        order: fc.shuffledSubarray(
          ['Count', 'Items', 'ScannedCount', 'LastEvaluatedKey', 'ConsumedCapacity'],
          {
            minLength: 5,
          },
        ),
      }),
    )
    .map(({ layout, rows, choices, last, order }) => {
      const writer = new FreeWriter(choices, options);
      const members: Record<string, string> = {
        Count: String(rows.length),
        ScannedCount: String(rows.length + 3),
        Items: writer.list(
          rows.map(row => writer.map(row.map(([name, value]) => [name, writer.value(value)]))),
        ),
        ConsumedCapacity: writer.value({ TableName: 't"{[', CapacityUnits: 128.5 }),
      };
      if (!last)
        members.LastEvaluatedKey = writer.value({ accountId: { S: 'a\u2028"' }, recordedAt: { N: '1' } });
      const entries = order.flatMap(name =>
        members[name] === undefined ? [] : [[name, members[name]] as const],
      );
      return {
        layout,
        rows,
        body: Buffer.from(writer.map(entries)),
        sortKeys: rows.map(row =>
          String(Object.values(row.find(([name]) => name === layout.sortKey)?.[1] ?? {})[0]),
        ),
      };
    });
