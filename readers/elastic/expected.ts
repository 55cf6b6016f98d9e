import type { KitInput } from '../kit.ts';
import type { ReaderEvent } from '../model.ts';

const readAt = '2026-11-22T16:05:00.000Z';

const common = {
  'event.kind': 'event',
  'event.dataset': 'example_saas.audit',
  'event.module': 'example_saas',
  'event.created': readAt,
  'event.ingested': readAt,
  'observer.vendor': 'Example',
  'observer.product': 'Example SaaS',
};

const longText = 'a long text '.repeat(83_000);

/** The events of `sampleRows`. Without compression, a file has every character outside ASCII escaped. */
export function expected({ source, compression }: KitInput): readonly ReaderEvent[] {
  const folder = {
    s3: 'https://mueller-audit.s3.eu-central-1.amazonaws.com/',
    gcs: 'gs://mueller-audit/',
    azure: 'https://muelleraudit.blob.core.windows.net/siem/',
  }[source.type];
  const suffix = compression === 'gzip' ? '.json.gz' : '.json';
  const name = 'vendors/siem/audit/bcO8bGxlci9zw7ZobmU/audit_bcO8bGxlci9zw7ZobmU';
  const first = { ...common, 'log.file.path': `${folder}${name}_20261122T120000Z${suffix}` };
  const third = { ...common, 'log.file.path': `${folder}${name}_20261122T200000Z${suffix}` };
  return [
    {
      ...first,
      '@timestamp': '2026-11-22T08:00:01.120Z',
      message: 'Eva signed in with Firefox 144',
      'event.action': 'Signed in',
      'event.category': ['authentication'],
      'event.id': 'signin_1',
      'event.original':
        '{"Date":"2026-11-22T08:00:01.120Z","Email":"eva@example.com","Action":"Signed in","Action ID":"signin_1","Description":"Eva signed in with Firefox 144","IP Address":"203.0.113.7"}',
      'event.outcome': 'success',
      'event.type': ['start'],
      'related.ip': ['203.0.113.7'],
      'related.user': ['eva@example.com'],
      'source.address': '203.0.113.7',
      'source.ip': '203.0.113.7',
      'user.email': 'eva@example.com',
      'user.name': 'eva@example.com',
    },
    {
      ...first,
      '@timestamp': '2026-11-22T08:00:02.000Z',
      message: 'Wrong password for "mallory"',
      'event.action': 'Sign-in failed',
      'event.category': ['authentication'],
      'event.id': 'signin_2',
      'event.original': String.raw`{"Date":"2026-11-22T08:00:02.000Z","Email":"mallory@example.net","Action":"Sign-in failed","Action ID":"signin_2","Description":"Wrong password for \"mallory\"","IP Address":"2001:db8::7"}`,
      'event.outcome': 'failure',
      'event.type': ['start'],
      'related.ip': ['2001:db8::7'],
      'related.user': ['mallory@example.net'],
      'source.address': '2001:db8::7',
      'source.ip': '2001:db8::7',
      'user.email': 'mallory@example.net',
      'user.name': 'mallory@example.net',
    },
    {
      ...first,
      '@timestamp': '2026-11-22T08:15:30.500Z',
      message: 'Jürgen Groß 山田 🚀 became owner\\admin,\nby Eva\u2028today',
      'event.action': 'Changed role of a member',
      'event.category': ['iam'],
      'event.id': 'role_3',
      'event.original':
        compression === 'gzip'
          ? String.raw`{"Date":"2026-11-22T08:15:30.500Z","Email":"eva@example.com","Action":"Changed role of a member","Action ID":"role_3","Description":"Jürgen Groß 山田 🚀 became owner\\admin,\nby Eva\u2028today","IP Address":null}`
          : String.raw`{"Date":"2026-11-22T08:15:30.500Z","Email":"eva@example.com","Action":"Changed role of a member","Action ID":"role_3","Description":"J\u00fcrgen Gro\u00df \u5c71\u7530 \ud83d\ude80 became owner\\admin,\nby Eva\u2028today","IP Address":null}`,
      'event.outcome': 'success',
      'event.type': ['change'],
      'related.user': ['eva@example.com'],
      'user.email': 'eva@example.com',
      'user.name': 'eva@example.com',
    },
    {
      ...first,
      '@timestamp': '2026-11-22T09:00:00.000Z',
      message: 'No rule matches this action',
      'event.action': 'Recalibrated flux',
      'event.category': ['configuration'],
      'event.id': 'flux_4',
      'event.original':
        '{"Date":"2026-11-22T09:00:00.000Z","Email":"ops@example.com","Action":"Recalibrated flux","Action ID":"flux_4","Description":"No rule matches this action","IP Address":"198.51.100.23"}',
      'event.outcome': 'unknown',
      'event.type': ['info'],
      'related.ip': ['198.51.100.23'],
      'related.user': ['ops@example.com'],
      'source.address': '198.51.100.23',
      'source.ip': '198.51.100.23',
      'user.email': 'ops@example.com',
      'user.name': 'ops@example.com',
    },
    {
      ...third,
      '@timestamp': '2026-11-22T09:30:00.001Z',
      message: '41 documents were removed for good',
      'event.action': 'Purged trash',
      'event.category': ['configuration'],
      'event.id': 'purge_5',
      'event.original':
        '{"Date":"2026-11-22T09:30:00.001Z","Email":null,"Action":"Purged trash","Action ID":"purge_5","Description":"41 documents were removed for good","IP Address":null}',
      'event.outcome': 'success',
      'event.type': ['deletion'],
    },
    {
      ...third,
      '@timestamp': '2026-11-22T10:00:00.000Z',
      message: longText,
      'event.action': 'Edited document',
      'event.category': ['configuration'],
      'event.id': 'edit_6',
      'event.original': `{"Date":"2026-11-22T10:00:00.000Z","Email":"eva@example.com","Action":"Edited document","Action ID":"edit_6","Description":"${longText}","IP Address":"203.0.113.7"}`,
      'event.outcome': 'success',
      'event.type': ['change'],
      'related.ip': ['203.0.113.7'],
      'related.user': ['eva@example.com'],
      'source.address': '203.0.113.7',
      'source.ip': '203.0.113.7',
      'user.email': 'eva@example.com',
      'user.name': 'eva@example.com',
    },
    {
      ...third,
      '@timestamp': '2026-11-22T11:59:59.999Z',
      message: 'Eva signed out',
      'event.action': 'Signed out',
      'event.category': ['authentication'],
      'event.id': 'signout_7',
      'event.original':
        '{"Date":"2026-11-22T11:59:59.999Z","Email":"eva@example.com","Action":"Signed out","Action ID":"signout_7","Description":"Eva signed out","IP Address":"not an address"}',
      'event.outcome': 'success',
      'event.type': ['end'],
      'related.user': ['eva@example.com'],
      'source.address': 'not an address',
      'user.email': 'eva@example.com',
      'user.name': 'eva@example.com',
    },
  ];
}
