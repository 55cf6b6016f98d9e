/** A log's value for a name such as `source` or `@evt.name`. */
export type Lookup = (name: string) => string | undefined;

export type Search = (lookup: Lookup) => boolean;

// A value's characters: any that is not special, or any after a backslash; `*` and `?` are wildcards. A hyphen is
// special at the beginning.
const plain = String.raw`[^\s=!&|<>(){}[\]":\\#]`;
const atom = String.raw`"(?:[^"\\]|\\.)*"|(?:(?!-)${plain}|\\.)(?:${plain}|\\.)*`;
const term = new RegExp(
  String.raw`^(?<not>-)?(?<name>source|@[a-z.]+):(?:\((?<list>(?:${atom})(?: OR (?:${atom}))*)\)|(?<one>${atom}))$`,
  's',
);
const atoms = new RegExp(atom, 'gs');
const token = /\\[\s\S]|"(?:[^"\\]|\\.)*"|[\s\S]/g;

/**
 * Reads a query in the part of Datadog's search syntax that the kit uses.
 *
 * @throws TypeError for anything else, such as a special character without its backslash
 */
export function parseSearch(query: string): Search {
  if (query === '*') return () => true;
  const conditions = termsOf(query).map(parseTerm);
  return lookup => conditions.every(holds => holds(lookup));
}

/** The parts between spaces that stand neither in parentheses nor in quotes, nor behind a backslash. */
function termsOf(query: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const part of query.match(token) ?? []) {
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    if (part === ' ' && depth === 0) parts.push('');
    else parts[parts.length - 1] += part;
  }
  return parts;
}

function parseTerm(text: string): Search {
  const { not, name = '', list, one } = term.exec(text)?.groups ?? {};
  const values = one === undefined ? list?.match(atoms)?.filter(each => each !== 'OR') : [one];
  if (values === undefined) throw new TypeError(`no term of a query: ${text}`);
  const patterns = values.map(valuePattern);
  return lookup => {
    const value = lookup(name);
    return patterns.some(pattern => value !== undefined && pattern.test(value)) === (not === undefined);
  };
}

function valuePattern(text: string): RegExp {
  const quoted = text.startsWith('"');
  const parts = (quoted ? text.slice(1, -1) : text).match(/\\.|[^\\]/gs) ?? [];
  const regex = parts.map(part => {
    if (part === '*' && !quoted) return '.*';
    if (part === '?' && !quoted) return '.';
    return part.slice(-1).replace(/[\\^$.*+?()[\]{}|/-]/, String.raw`\$&`);
  });
  return new RegExp(`^${regex.join('')}$`, 's');
}
