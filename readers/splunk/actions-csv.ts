import { type Actions, type Meaning, meaningOf, type Rule } from '../../lambdas/domain/actions.ts';

export const actionsFile = 'actions.csv';

/** What the Common Information Model calls each verb in `action`. For a login it is the outcome. */
const changeActions: Record<Exclude<Meaning['verb'], 'login'>, string> = {
  logout: 'logoff',
  create: 'created',
  read: 'read',
  update: 'modified',
  delete: 'deleted',
  permission: 'acl_modified',
  other: 'unknown',
};

/** The lookup from actions to fields of the Common Information Model, a row a rule. The first row that matches counts. */
export function actionsCsv(actions: Actions): string {
  const rows = actions.filter((rule, index) => !isHidden(rule, actions.slice(0, index))).map(rowOf);
  return [['pattern', 'verb', 'action', 'status'], ...rows]
    .map(row => `${row.map(cell).join(',')}\n`)
    .join('');
}

/**
 * Whether an earlier rule matches all that this one does. It is left out, in case Splunk looks for a row without a
 * wildcard before it looks at the order of the rows.
 */
function isHidden({ kind, text }: Rule, earlier: Actions): boolean {
  const isWhole = kind === 'exact' || (kind === 'glob' && !text.includes('*'));
  return isWhole && meaningOf(text, earlier).verb !== 'other';
}

function rowOf(rule: Rule): string[] {
  const { verb, outcome } = rule;
  const action = verb === 'login' ? outcome : changeActions[verb];
  return [patternOf(rule), verb, action, outcome];
}

function patternOf({ kind, text }: Rule): string {
  if (kind === 'glob') return text.split('*').map(encodePattern).join('*');
  return kind === 'prefix' ? `${encodePattern(text)}*` : encodePattern(text);
}

/** Encodes what a wildcard lookup could read as more than a character. `props.conf` does the same to an event's action. */
function encodePattern(text: string): string {
  return text.replaceAll('*', '⁎').replaceAll('\\', '⧵');
}

function cell(text: string): string {
  return /^[\w*%]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}
