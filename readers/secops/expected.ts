import type { ReaderEvent } from '../model.ts';

const log = {
  log_type: 'EXAMPLE_SAAS_AUDIT_CUSTOM',
  vendor_name: 'Example',
  product_name: 'Example SaaS',
};

/** The UDM events of the sample rows. */
export function expected(): readonly ReaderEvent[] {
  return [
    {
      metadata: {
        ...log,
        event_timestamp: '2026-11-22T08:00:01.120Z',
        event_type: 'USER_LOGIN',
        product_event_type: 'Signed in',
        product_log_id: 'signin_1',
        description: 'Eva signed in with Firefox 144',
      },
      principal: {
        user: { userid: 'eva@example.com', email_addresses: ['eva@example.com'] },
        ip: ['203.0.113.7'],
      },
      target: {
        application: 'Example SaaS',
        user: { userid: 'eva@example.com', email_addresses: ['eva@example.com'] },
      },
      extensions: { auth: { type: 'AUTHTYPE_UNSPECIFIED', mechanism: ['REMOTE'] } },
      security_result: [{ action: ['ALLOW'] }],
    },
    {
      metadata: {
        ...log,
        event_timestamp: '2026-11-22T08:00:02Z',
        event_type: 'USER_LOGIN',
        product_event_type: 'Sign-in failed',
        product_log_id: 'signin_2',
        description: 'Wrong password for "mallory"',
      },
      principal: {
        user: { userid: 'mallory@example.net', email_addresses: ['mallory@example.net'] },
        ip: ['2001:db8::7'],
      },
      target: {
        application: 'Example SaaS',
        user: { userid: 'mallory@example.net', email_addresses: ['mallory@example.net'] },
      },
      extensions: { auth: { type: 'AUTHTYPE_UNSPECIFIED', mechanism: ['REMOTE'] } },
      security_result: [{ action: ['BLOCK'], category: ['AUTH_VIOLATION'] }],
    },
    {
      metadata: {
        ...log,
        event_timestamp: '2026-11-22T08:15:30.500Z',
        event_type: 'USER_RESOURCE_UPDATE_PERMISSIONS',
        product_event_type: 'Changed role of a member',
        product_log_id: 'role_3',
        description: 'Jürgen Groß 山田 🚀 became owner\\admin,\nby Eva\u2028today',
      },
      principal: { user: { userid: 'eva@example.com', email_addresses: ['eva@example.com'] } },
      target: { application: 'Example SaaS', resource: { name: 'Example SaaS' } },
      security_result: [{ action: ['ALLOW'] }],
    },
    {
      metadata: {
        ...log,
        event_timestamp: '2026-11-22T09:00:00Z',
        event_type: 'USER_UNCATEGORIZED',
        product_event_type: 'Recalibrated flux',
        product_log_id: 'flux_4',
        description: 'No rule matches this action',
      },
      principal: {
        user: { userid: 'ops@example.com', email_addresses: ['ops@example.com'] },
        ip: ['198.51.100.23'],
      },
      target: { application: 'Example SaaS' },
    },
    {
      metadata: {
        ...log,
        event_timestamp: '2026-11-22T09:30:00.001Z',
        event_type: 'GENERIC_EVENT',
        product_event_type: 'Purged trash',
        product_log_id: 'purge_5',
        description: '41 documents were removed for good',
      },
      target: { application: 'Example SaaS' },
      security_result: [{ action: ['ALLOW'] }],
    },
    {
      metadata: {
        ...log,
        event_timestamp: '2026-11-22T10:00:00Z',
        event_type: 'USER_RESOURCE_UPDATE_CONTENT',
        product_event_type: 'Edited document',
        product_log_id: 'edit_6',
        description: 'a long text '.repeat(83_000),
      },
      principal: {
        user: { userid: 'eva@example.com', email_addresses: ['eva@example.com'] },
        ip: ['203.0.113.7'],
      },
      target: { application: 'Example SaaS', resource: { name: 'Example SaaS' } },
      security_result: [{ action: ['ALLOW'] }],
    },
    {
      metadata: {
        ...log,
        event_timestamp: '2026-11-22T11:59:59.999Z',
        event_type: 'USER_LOGOUT',
        product_event_type: 'Signed out',
        product_log_id: 'signout_7',
        description: 'Eva signed out',
      },
      principal: { user: { userid: 'eva@example.com', email_addresses: ['eva@example.com'] } },
      target: {
        application: 'Example SaaS',
        user: { userid: 'eva@example.com', email_addresses: ['eva@example.com'] },
      },
      extensions: { auth: { type: 'AUTHTYPE_UNSPECIFIED', mechanism: ['REMOTE'] } },
      security_result: [{ action: ['ALLOW'] }],
    },
  ];
}
