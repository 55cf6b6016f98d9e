import { checkMembers, checkSerialized, type Log, lookupIn } from './pipeline.ts';
import { parseSearch, type Search } from './search.ts';

/** A log monitor: it alerts when so many logs of one group are found within a time. */
export interface Monitor {
  readonly finds: Search;
  readonly group: string;
  readonly count: number;
}

/** Whole days, since a record may be hours old when it arrives. */
const syntax =
  /^logs\("(?<search>[^"]+)"\)\.index\("\*"\)\.rollup\("count"\)\.by\("(?<group>@[\w.]+)"\)\.last\("1d"\) >= (?<count>\d+)$/;

/** @throws TypeError for what Datadog would refuse */
export function parseMonitor(json: {
  query: string;
  type: string;
  message: string;
  options: object;
}): Monitor {
  checkSerialized('Monitor', json);
  checkMembers(json, ['name', 'type', 'query', 'message', 'options']);
  checkMembers(json.options, ['thresholds']);
  const { search, group = '', count } = syntax.exec(json.query)?.groups ?? {};
  if (search === undefined || json.type !== 'log alert') throw new TypeError(`no log monitor: ${json.query}`);
  const { thresholds } = json.options as { thresholds?: Readonly<Record<string, unknown>> };
  if (thresholds?.critical !== Number(count)) throw new TypeError('expected the threshold of the query');
  // A variable for a group without this facet would be empty.
  if (!json.message.includes(`{{[${group}].name}}`)) throw new TypeError('expected the group in the message');
  return { finds: parseSearch(search), group, count: Number(count) };
}

export function alerts({ finds, group, count }: Monitor, logs: readonly Log[]): boolean {
  const counts = new Map<string, number>();
  for (const log of logs) {
    const value = lookupIn(log)(group);
    if (value !== undefined && finds(lookupIn(log))) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts.values()].some(each => each >= count);
}

/** What each monitor is for: as many logs of one user with these values, and no fewer. */
const purposes = [
  { verb: 'login', outcome: 'failure', count: 10 },
  { verb: 'delete', outcome: 'success', count: 50 },
  { verb: 'permission', outcome: 'success', count: 1 },
] as const;

export function faultsOfMonitors(text: string, source: string): string[] {
  const monitors: Monitor[] = JSON.parse(text).map(parseMonitor);
  if (monitors.length !== purposes.length) return ['monitors.json: expected three monitors'];
  return purposes.flatMap(({ verb, outcome, count }, index) => {
    const monitor = monitors[index];
    const many = (changes: Partial<Kind> = {}, number: number = count) =>
      monitor !== undefined &&
      alerts(
        monitor,
        Array.from({ length: number }, () => logOf({ source, verb, outcome, ...changes })),
      );
    const opposite = outcome === 'success' ? 'failure' : 'success';
    const right =
      many() &&
      !many({}, count - 1) &&
      !many({ verb: 'read' }) &&
      !many({ outcome: opposite }) &&
      !many({ source: 'another' });
    return right ? [] : [`monitors.json: ${index}: does not find what it is for`];
  });
}

interface Kind {
  readonly source: string;
  readonly verb: string;
  readonly outcome: string;
}

function logOf({ source, verb, outcome }: Kind): Log {
  const attributes = new Map([
    ['usr.email', 'eva@example.com'],
    ['audit.verb', verb],
    ['evt.outcome', outcome],
  ]);
  return { source, service: source, attributes, message: '', date: '' };
}
