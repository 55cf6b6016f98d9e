import type { KitFile, KitInput } from '../kit.ts';
import { lowLevelCategory } from './meanings.ts';
import { logSourceType, properties } from './names.ts';

/** A file has the records of four hours, and QRadar counts by the time of reading: five hours have every file whole. */
const window = 'LAST 5 HOURS';

/** Searches in QRadar's query language, which can be saved and scheduled. */
export function detections(input: KitInput): KitFile[] {
  const [action, , description, address] = properties.map(({ name }) => `"${name}"`);
  const from = `FROM events\nWHERE LOGSOURCETYPENAME(devicetype) = ${text(logSourceType(input))}`;
  // An action whose outcome is unknown was at least attempted.
  const categories = (verb: 'delete' | 'permission') => {
    const all = (['success', 'unknown'] as const).map(outcome => lowLevelCategory({ verb, outcome }));
    return [...new Set(all)].join(', ');
  };
  return [
    {
      path: 'detections/failed-logins.aql',
      text: `SELECT username, COUNT(*) AS failures
${from}
AND category IN (${lowLevelCategory({ verb: 'login', outcome: 'failure' })})
AND username IS NOT NULL
GROUP BY username
HAVING failures >= 10
${window}
`,
    },
    {
      path: 'detections/mass-deletion.aql',
      text: `SELECT username, COUNT(*) AS deletions
${from}
AND category IN (${categories('delete')})
AND username IS NOT NULL
GROUP BY username
HAVING deletions >= 50
${window}
`,
    },
    {
      path: 'detections/permission-changed.aql',
      text: `SELECT devicetime, username, ${action}, ${description}, ${address}
${from}
AND category IN (${categories('permission')})
${window}
`,
    },
  ];
}

/** A text in the query language. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
