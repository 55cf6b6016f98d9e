import type { KitFile, KitInput } from '../kit.ts';
import { lowLevelCategory } from './meanings.ts';
import { logSourceType, properties } from './names.ts';

/** A file has the records of four hours, and QRadar counts by the time of reading: five hours have every file whole. */
const window = 'LAST 5 HOURS';

/** Searches in QRadar's query language, which can be saved and scheduled. */
export function detections(input: KitInput): KitFile[] {
  const [action, , description, address] = properties.map(({ name }) => `"${name}"`);
  const from = `FROM events\nWHERE LOGSOURCETYPENAME(devicetype) = ${text(logSourceType(input))}`;
  const category = (verb: 'login' | 'delete' | 'permission', outcome: 'success' | 'failure') =>
    lowLevelCategory({ verb, outcome });
  return [
    {
      path: 'detections/failed-logins.aql',
      text: `SELECT username, COUNT(*) AS failures
${from}
AND category = ${category('login', 'failure')}
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
AND category = ${category('delete', 'success')}
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
AND category = ${category('permission', 'success')}
${window}
`,
    },
  ];
}

/** A text in the query language. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
