import { type Conf, setting } from './conf-parser.ts';

/** The output fields of an input value, or nothing if no row matches. */
export type Lookup = (value: string) => Readonly<Record<string, string | string[]>>;

export interface LookupSetting {
  readonly table: string;
  readonly tableField: string;
  readonly eventField: string;
  readonly outputs: readonly string[];
}

/** Reads the value of a `LOOKUP-` setting. @throws SyntaxError */
export function parseLookup(value: string): LookupSetting {
  const [, table, tableField, eventField, outputs] =
    /^(\w+) (\w+) AS (\w+) OUTPUT ([\w ]+)$/.exec(value) ?? [];
  if (!table || !tableField || !eventField || !outputs) throw new SyntaxError(`Not a lookup: ${value}`);
  return { table, tableField, eventField, outputs: outputs.split(' ') };
}

/** The lookup that a stanza of `transforms.conf` defines over its CSV. @throws for what Splunk could not look up */
export function createLookup(
  transforms: Conf,
  { table, tableField, outputs }: LookupSetting,
  textOf: (filename: string) => string,
): Lookup {
  const rows = parseCsv(textOf(setting(transforms, table, 'filename')));
  const header = rows.shift() ?? [];
  const column = (name: string) => {
    const index = header.indexOf(name);
    if (index < 0) throw new TypeError(`The lookup has no column ${name}`);
    return index;
  };
  const isWildcard = setting(transforms, table, 'match_type') === `WILDCARD(${tableField})`;
  const ignoreCase = setting(transforms, table, 'case_sensitive_match') === 'false';
  const most = Number(setting(transforms, table, 'max_matches'));
  const key = column(tableField);
  const columns = outputs.map(name => [name, column(name)] as const);
  const patterns = rows.map(row => matcher(row[key] ?? '', isWildcard, ignoreCase));
  return value => {
    const found = rows.filter((_, index) => patterns[index]?.test(value)).slice(0, most);
    if (found.length === 0) return {};
    return Object.fromEntries(
      columns.map(([name, index]) => {
        const values = found.map(row => row[index] ?? '');
        return [name, values.length === 1 ? (values[0] ?? '') : values];
      }),
    );
  };
}

function matcher(pattern: string, isWildcard: boolean, ignoreCase: boolean): RegExp {
  const literals = isWildcard ? pattern.split('*') : [pattern];
  const escaped = literals.map(literal => literal.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('.*')}$`, ignoreCase ? 'is' : 's');
}

/** The rows of a CSV whose cells may be quoted. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    if (quoted === undefined && plain === '' && end === '' && row.length === 0) break;
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
