import type { Kit } from '../../kit.ts';
import { finds, parseSearch, type Search, type SearchedEvent } from './aql.ts';
import type { LogSource } from './log-source.ts';
import type { Qids } from './qids.ts';

/** What each detection is for: as many events of one user with any of the categories, and no fewer. */
const purposes: Readonly<Record<string, { readonly categories: readonly number[]; readonly count: number }>> =
  {
    'detections/failed-logins.aql': { categories: [3116], count: 10 },
    'detections/mass-deletion.aql': { categories: [19020, 19021], count: 50 },
    'detections/permission-changed.aql': { categories: [3023], count: 1 },
  };

/** The records of a file are of 4 hours, at the end of daylight saving time of 5. */
const longestWindow = 5;

/** Which detections are missing or do not detect what they are for. */
export function faultsOfDetections(kit: Kit, logSource: LogSource, qids: Qids): string[] {
  const logSourceType = logSource['Log Source Type'] ?? '';
  return Object.entries(purposes).flatMap(([path, { categories, count }]) => {
    const search = searchOf(kit, path);
    if (search === undefined) return [`${path}: expected a search`];
    const events = categories.map(category => ({ logSourceType, category, username: 'eva@example.com' }));
    const found = (...events: SearchedEvent[]) => finds(search, events);
    const many = (each: SearchedEvent) => Array.from({ length: count }, () => each);
    const right = events.every(event => {
      const { username: _, ...anonymous } = event;
      return (
        found(...many(event)) &&
        (count === 1 || !found(...many(event).slice(1))) &&
        (count === 1 || !found(...many(anonymous))) &&
        !found(...many({ ...event, category: 3115 })) &&
        !found(...many({ ...event, logSourceType: 'another' }))
      );
    });
    const properties = search.properties.filter(name => !qids.properties.some(each => each.name === name));
    return [
      ...(right ? [] : [`${path}: does not find what it is for`]),
      ...(search.hours >= longestWindow ? [] : [`${path}: looks at a part of a file`]),
      ...properties.map(name => `${path}: no property ${name}`),
    ];
  });
}

function searchOf(kit: Kit, path: string): Search | undefined {
  const text = kit.find(file => file.path === path)?.text ?? '';
  try {
    return parseSearch(text);
  } catch {
    return undefined;
  }
}
