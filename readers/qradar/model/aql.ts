/** What a search can see of an event. */
export interface SearchedEvent {
  readonly logSourceType: string;
  readonly category: number;
  readonly username?: string;
}

export interface Search {
  readonly logSourceType: string;
  readonly categories: readonly number[];
  /** The names of custom properties that it shows. */
  readonly properties: readonly string[];
  /** Whether events without a user are left out. */
  readonly withUser: boolean;
  /** How many events of one user it finds; without grouping 1. */
  readonly threshold: number;
  readonly hours: number;
}

const clauses =
  /^SELECT (?<select>.+)\nFROM events\nWHERE (?<where>.+(?:\nAND .+)*)\n(?:GROUP BY (?<group>\w+)\nHAVING (?<counted>\w+) >= (?<threshold>\d+)\n)?LAST (?<hours>\d+) HOURS\n$/;
const typeCondition = /^LOGSOURCETYPENAME\(devicetype\) = '((?:[^']|'')+)'$/;
const categoryCondition = /^category IN \((\d+(?:, \d+)*)\)$/;

/**
 * Reads a search in the part of AQL that the kit uses.
 *
 * @throws TypeError for anything else
 */
export function parseSearch(text: string): Search {
  const { select = '', where = '', group, counted, threshold, hours } = clauses.exec(text)?.groups ?? {};
  const columns = select.split(', ');
  const conditions = where.split('\nAND ');
  const type = first(conditions, typeCondition);
  const categories = first(conditions, categoryCondition);
  const withUser = conditions.includes('username IS NOT NULL');
  const known = conditions.filter(
    each => typeCondition.test(each) || categoryCondition.test(each) || each === 'username IS NOT NULL',
  );
  const count = first(columns, /^COUNT\(\*\) AS (\w+)$/);
  const plain = columns.every(each => /^(?:username|devicetime|"[^"]+"|COUNT\(\*\) AS \w+)$/.test(each));
  const grouped = group === undefined ? count === undefined : group === 'username' && count === counted;
  if (
    type === undefined ||
    categories === undefined ||
    !plain ||
    !grouped ||
    known.length < conditions.length
  )
    throw new TypeError(`no search: ${text}`);
  return {
    logSourceType: type.replaceAll("''", "'"),
    categories: categories.split(', ').map(Number),
    properties: columns.filter(each => each.startsWith('"')).map(each => each.slice(1, -1)),
    withUser,
    threshold: Number(threshold ?? 1),
    hours: Number(hours),
  };
}

function first(texts: readonly string[], pattern: RegExp): string | undefined {
  return texts.flatMap(text => pattern.exec(text)?.[1] ?? [])[0];
}

/** Whether the search has a result for the events, if they are all of its time. */
export function finds(search: Search, events: readonly SearchedEvent[]): boolean {
  const counts = new Map<string | undefined, number>();
  for (const { logSourceType, category, username } of events) {
    if (logSourceType !== search.logSourceType || !search.categories.includes(category)) continue;
    if (search.withUser && username === undefined) continue;
    counts.set(username, (counts.get(username) ?? 0) + 1);
  }
  return [...counts.values()].some(count => count >= search.threshold);
}
