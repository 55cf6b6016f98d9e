import { parse } from 'yaml';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import type { KitInput, Source } from '../kit.ts';

/** Filebeat's settings by their whole names, such as `filebeat.inputs.0.type`: dots and nesting mean the same to it. */
export type Settings = ReadonlyMap<string, unknown>;

/** @throws Error if the text is not YAML, or has a setting twice */
export function settingsOf(filebeatYml: string): Settings {
  const settings = new Map<string, unknown>();
  collect(parse(filebeatYml, { strict: true, uniqueKeys: true }), '');
  return settings;

  function collect(value: unknown, path: string): void {
    const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    if (members.length > 0)
      for (const [name, member] of members) collect(member, path === '' ? name : `${path}.${name}`);
    else if (settings.has(path)) throw new Error(`filebeat.yml has ${path} twice`);
    else settings.set(path, value);
  }
}

type Accepts = (value: unknown) => boolean;

const is =
  (expected: unknown): Accepts =>
  value =>
    value === expected;
const isText: Accepts = value => typeof value === 'string' && value !== '';
const isPlaceholder: Accepts = value => /^REPLACE_WITH_[A-Z_]+$/.test(String(value));
const isKeystoreReference: Accepts = value => /^\$\{[A-Z_]+\}$/.test(String(value));
const isDuration: Accepts = value => /^\d+(ms|s|m|h)$/.test(String(value));

/** Every setting that a configuration has to have, without the polled inputs' list of buckets. */
function expectedSettings({ accountId, source }: KitInput): Record<string, Accepts> {
  return {
    'filebeat.inputs.0.id': value => String(value).endsWith(`-${encodeAccountId(accountId)}`),
    'filebeat.inputs.0.publisher_pipeline.disable_host': is(true),
    'output.elasticsearch.hosts.0': isPlaceholder,
    'output.elasticsearch.api_key': isKeystoreReference,
    'output.elasticsearch.index': value => /^logs-[a-z0-9_.]+-[a-z0-9_]+$/.test(String(value)),
    'setup.template.enabled': is(false),
    'setup.ilm.enabled': is(false),
    ...prefixed('filebeat.inputs.0.', inputSettings(source)),
  };
}

function inputSettings(source: Source): Record<string, Accepts> {
  if (source.type === 's3')
    return {
      type: is('aws-s3'),
      queue_url: isPlaceholder,
      region: is(source.region),
      'sqs.max_receive_count': is(-1),
    };
  const polling = {
    max_workers: is(1),
    batch_size: value => Number.isInteger(value) && Number(value) > 0,
    poll: is(true),
    poll_interval: isDuration,
  } satisfies Record<string, Accepts>;
  if (source.type === 'gcs')
    return {
      type: is('gcs'),
      project_id: isPlaceholder,
      'auth.credentials_file.path': value => String(value).startsWith('/') && String(value).endsWith('.json'),
      ...polling,
      'buckets.0.name': is(source.bucket),
      'buckets.0.file_selectors.0.regex': isText,
    };
  return {
    type: is('azure-blob-storage'),
    account_name: is(source.storageAccount),
    ...(source.host === `${source.storageAccount}.blob.core.windows.net`
      ? {}
      : { storage_url: is(`https://${source.host}/`) }),
    'auth.oauth2.tenant_id': isPlaceholder,
    'auth.oauth2.client_id': isPlaceholder,
    'auth.oauth2.client_secret': isKeystoreReference,
    ...polling,
    'containers.0.name': is(source.container),
    'containers.0.file_selectors.0.regex': isText,
  };
}

const prefixed = (prefix: string, settings: Record<string, Accepts>) =>
  Object.fromEntries(Object.entries(settings).map(([name, accepts]) => [`${prefix}${name}`, accepts]));

/** Filebeat ignores a setting that it does not know, so a wrong name is a setting that is missing. */
export function faultsOfSettings(settings: Settings, input: KitInput): string[] {
  const expected = expectedSettings(input);
  return [
    ...[...settings.keys()].filter(name => !(name in expected)).map(name => `filebeat.yml: unknown ${name}`),
    ...Object.entries(expected)
      .filter(([name, accepts]) => !accepts(settings.get(name)))
      .map(([name]) => `filebeat.yml: ${name} is missing or wrong`),
  ];
}
