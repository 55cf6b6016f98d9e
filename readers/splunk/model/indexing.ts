import { type Conf, setting } from './conf-parser.ts';

/** An event as it is indexed. */
export interface Indexed {
  readonly raw: string;
  /** ISO 8601 in UTC. Without it, Splunk takes the time of the event before or of indexing. */
  readonly time: string | undefined;
}

/** The events that the settings of the source type make of the text of a file. */
export function indexed(props: Conf, sourcetype: string, text: string): Indexed[] {
  const get = (key: string) => setting(props, sourcetype, key);
  const longest = Number(get('TRUNCATE'));
  const timeOf = timestampReader(
    new RegExp(get('TIME_PREFIX')),
    get('TIME_FORMAT'),
    Number(get('MAX_TIMESTAMP_LOOKAHEAD')),
  );
  return linesOf(text, get('LINE_BREAKER'))
    .map(line => truncated(line, longest))
    .map(raw => ({ raw, time: timeOf(raw) }));
}

/** The first group of a line breaker is dropped; what stands before and after it belongs to the lines. */
function linesOf(text: string, breaker: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const match of text.matchAll(new RegExp(breaker, 'dg'))) {
    const [from, to] = match.indices?.[1] ?? [];
    if (from === undefined || to === undefined) throw new SyntaxError('A line breaker needs a group');
    lines.push(text.slice(start, from));
    start = to;
  }
  return [...lines, text.slice(start)].filter(line => line !== '');
}

function truncated(line: string, bytes: number): string {
  // A character has at most three bytes for each UTF-16 code unit, so most lines need not be encoded.
  if (bytes === 0 || line.length * 3 <= bytes) return line;
  return Buffer.from(line).subarray(0, bytes).toString('utf8');
}

const specifiers: Readonly<Record<string, string>> = {
  '%Y': String.raw`(?<year>\d{4})`,
  '%m': String.raw`(?<month>\d\d)`,
  '%d': String.raw`(?<day>\d\d)`,
  '%H': String.raw`(?<hour>\d\d)`,
  '%M': String.raw`(?<minute>\d\d)`,
  '%S': String.raw`(?<second>\d\d)`,
  '%3N': String.raw`(?<millisecond>\d{3})`,
};

function timestampReader(prefix: RegExp, format: string, lookahead: number) {
  const pattern = new RegExp(
    `^${format.replaceAll(/%\d?[A-Za-z]|[^%]/g, part => {
      if (!part.startsWith('%')) return part.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
      const specifier = specifiers[part];
      if (specifier === undefined) throw new SyntaxError(`Unknown part of a time format: ${part}`);
      return specifier;
    })}`,
  );
  return (raw: string): string | undefined => {
    const found = prefix.exec(raw);
    if (found === null) return undefined;
    const start = found.index + found[0].length;
    const groups = pattern.exec(raw.slice(start, start + lookahead))?.groups;
    if (groups === undefined) return undefined;
    const number = (name: string) => Number(groups[name] ?? '0');
    return new Date(
      Date.UTC(
        number('year'),
        number('month') - 1,
        number('day'),
        number('hour'),
        number('minute'),
        number('second'),
        number('millisecond'),
      ),
    ).toISOString();
  };
}
