import { isIP } from 'node:net';
import type { Page } from '../../lambdas/archive/page.ts';
import { meaningOf, type Verb } from '../../lambdas/domain/actions.ts';
import { type StoredValue, toJson } from '../../lambdas/domain/audit-record.ts';
import type { Mapping } from '../../lambdas/domain/mapping.ts';
import { readInstant, recordedAt } from '../../lambdas/domain/written-instant.ts';

const activities: Record<Verb, readonly [class_uid: number, activity_id: number, name: string]> = {
  login: [3002, 1, 'Logon'],
  logout: [3002, 2, 'Logoff'],
  create: [6003, 1, 'Create'],
  read: [6003, 2, 'Read'],
  update: [6003, 3, 'Update'],
  delete: [6003, 4, 'Delete'],
  permission: [6003, 3, 'Update'],
};
const classNames: Record<number, readonly [category_name: string, class_name: string]> = {
  3002: ['Identity & Access Management', 'Authentication'],
  6003: ['Application Activity', 'API Activity'],
};
const emails = {
  '1.1.0': /^[a-zA-Z0-9_.+-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/,
  '1.8.0': /^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/,
};

/** The events of a page's rows, made from objects: easy to check, and slow. */
export function slowEvents(page: Page, accountId: string, settings: Mapping): string[] {
  const lines = Buffer.from(page.lines).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line, row) => `${toJson(eventOf(line, page.sortKey(row), accountId, settings))}\n`);
}

function eventOf(
  line: string,
  sortKey: string,
  accountId: string,
  { version, product, actions }: Mapping,
): StoredValue {
  const record = JSON.parse(line) as Record<string, unknown>;
  const unmapped: Record<string, string> = {};
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(record)) {
    if (value === null) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (version === '1.1.0' && Buffer.byteLength(toJson(text)) > 65_537) unmapped[key] = text;
    else texts.set(key, text);
  }
  const textOf = (key: string) => texts.get(key);
  const action = textOf('Action');
  const meaning = action === undefined ? undefined : meaningOf(action, actions);
  const [class_uid, activity_id, caption] =
    meaning === undefined
      ? ([6003, 0, 'Unknown'] as const)
      : meaning.verb === 'other'
        ? ([6003, 99, 'Other'] as const)
        : activities[meaning.verb];
  const [category_name, class_name] = classNames[class_uid] ?? ['', ''];
  const outcome = meaning?.outcome ?? 'unknown';
  const address = textOf('IP Address');
  const hasAddress =
    address !== undefined && isIP(address) !== 0 && address.length <= 40 && !address.includes('%');
  if (address !== undefined && !hasAddress) unmapped['IP Address'] = address;
  const name = textOf('Email');
  const user = defined({
    name: name ?? 'unknown',
    email_addr: name !== undefined && emails[version].test(name) ? name : undefined,
  });
  const service = { name: product.name };
  return defined({
    activity_id,
    activity_name: activity_id === 99 ? action : caption,
    category_uid: Math.floor(class_uid / 1000),
    category_name,
    class_uid,
    class_name,
    type_uid: class_uid * 100 + activity_id,
    type_name: `${class_name}: ${caption}`,
    time: timeOf(textOf('Date'), sortKey),
    severity_id: 1,
    severity: 'Informational',
    status_id: ['unknown', 'success', 'failure'].indexOf(outcome),
    status: { unknown: 'Unknown', success: 'Success', failure: 'Failure' }[outcome],
    message: textOf('Description'),
    ...(class_uid === 3002
      ? { user, service }
      : { actor: { user }, api: { operation: action ?? 'unknown', service } }),
    src_endpoint: hasAddress ? { ip: address } : { name: 'unknown' },
    metadata: defined({
      version,
      uid: textOf('Action ID'),
      original_time: textOf('Date'),
      log_name: 'audit',
      tenant_uid: accountId,
      product: { name: product.name, vendor_name: product.vendor },
      event_code: class_uid === 3002 ? action : undefined,
    }),
    unmapped: Object.keys(unmapped).length === 0 ? undefined : unmapped,
  });
}

function timeOf(date: string | undefined, sortKey: string): number {
  const readings = [
    readInstant(date),
    recordedAt(sortKey),
    readInstant(Number(sortKey)),
    readInstant(`${sortKey.slice(0, 19)}Z`),
    readInstant(`${sortKey.slice(0, 10)}T00:00Z`),
  ];
  return readings.find(reading => reading !== undefined) ?? 0;
}

/** The members that have a value. */
function defined(members: Record<string, StoredValue>): Record<string, StoredValue> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
