/** A value of UDM, with the names of its fields as in rules and searches. */
export interface UdmEvent {
  [field: string]: string | string[] | UdmEvent | UdmEvent[];
}

type Field =
  | { readonly kind: 'text'; readonly values?: readonly string[] }
  | { readonly kind: 'texts'; readonly values?: readonly string[] }
  | { readonly kind: 'time' }
  | { readonly kind: 'messages' };

/** The fields that a kit uses, from Google's list of UDM fields. Enumerations have the values that a kit may use. */
export const udmFields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['metadata.event_timestamp', { kind: 'time' }],
  [
    'metadata.event_type',
    {
      kind: 'text',
      values: [
        'USER_LOGIN',
        'USER_LOGOUT',
        'USER_RESOURCE_CREATION',
        'USER_RESOURCE_ACCESS',
        'USER_RESOURCE_UPDATE_CONTENT',
        'USER_RESOURCE_UPDATE_PERMISSIONS',
        'USER_RESOURCE_DELETION',
        'USER_UNCATEGORIZED',
        'GENERIC_EVENT',
      ],
    },
  ],
  ['metadata.id', { kind: 'text' }],
  ['metadata.log_type', { kind: 'text' }],
  ['metadata.vendor_name', { kind: 'text' }],
  ['metadata.product_name', { kind: 'text' }],
  ['metadata.product_event_type', { kind: 'text' }],
  ['metadata.product_log_id', { kind: 'text' }],
  ['metadata.description', { kind: 'text' }],
  ['principal.user.userid', { kind: 'text' }],
  ['principal.user.email_addresses', { kind: 'texts' }],
  ['principal.ip', { kind: 'texts' }],
  ['target.application', { kind: 'text' }],
  ['target.user.userid', { kind: 'text' }],
  ['target.user.email_addresses', { kind: 'texts' }],
  ['target.resource.name', { kind: 'text' }],
  ['extensions.auth.type', { kind: 'text', values: ['AUTHTYPE_UNSPECIFIED', 'MACHINE', 'SSO', 'VPN'] }],
  ['extensions.auth.mechanism', { kind: 'texts', values: ['MECHANISM_UNSPECIFIED', 'REMOTE'] }],
  ['security_result', { kind: 'messages' }],
  ['security_result.action', { kind: 'texts', values: ['ALLOW', 'BLOCK'] }],
  ['security_result.category', { kind: 'texts', values: ['AUTH_VIOLATION'] }],
]);

/** Sets `a.b.c` of an event. The product sets the id and the log type of an event itself. */
export function setField(event: UdmEvent, path: string, value: string | string[] | UdmEvent[]): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let message = event;
  for (const name of names) {
    message[name] ??= {};
    message = message[name] as UdmEvent;
  }
  message[last] = value;
}

/** All values at a path, through messages and their lists. */
export function valuesAt(event: UdmEvent, path: string): readonly unknown[] {
  return path
    .split('.')
    .reduce<readonly unknown[]>(
      (values, name) => values.flatMap(value => (value as UdmEvent | undefined)?.[name] ?? []),
      [event],
    );
}

/** The fields that Google's usage guide of UDM requires of an event type, as far as a record can have them. */
const required: Record<string, readonly string[]> = {
  USER_LOGIN: ['target.user', 'extensions.auth.type', 'extensions.auth.mechanism'],
  USER_LOGOUT: ['target.user', 'extensions.auth.type', 'extensions.auth.mechanism'],
  USER_RESOURCE_CREATION: ['principal.user', 'target.resource'],
  USER_RESOURCE_ACCESS: ['principal.user', 'target.resource'],
  USER_RESOURCE_UPDATE_CONTENT: ['principal.user', 'target.resource'],
  USER_RESOURCE_UPDATE_PERMISSIONS: ['principal.user', 'target.resource'],
  USER_RESOURCE_DELETION: ['principal.user', 'target.resource'],
  USER_UNCATEGORIZED: ['principal.user'],
  GENERIC_EVENT: [],
};

/** Why the product would refuse an event. */
export function faultsOfEvent(event: UdmEvent): string[] {
  const [type = 'none'] = valuesAt(event, 'metadata.event_type');
  const missing = required[String(type)]?.filter(path => valuesAt(event, path).length === 0);
  if (missing === undefined) return [`unknown event type ${type}`];
  return [
    ...missing.map(path => `${type} without ${path}`),
    ...(type === 'USER_LOGIN' && isFailed(event) && valuesAt(event, 'security_result.category').length === 0
      ? ['a failed login without a category']
      : []),
  ];
}

function isFailed(event: UdmEvent): boolean {
  return valuesAt(event, 'security_result.action').includes('BLOCK');
}
