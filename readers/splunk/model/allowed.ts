import type { KitInput } from '../../kit.ts';

/** A setting's only value, or a pattern for values whose meaning the events show. */
export type Allowed = string | RegExp;
export type AllowedConf = Readonly<Record<string, Readonly<Record<string, Allowed>>>>;

const shownByEvents = /./;

/** The stanzas, settings and values of each `.conf` file. Splunk ignores a setting that it does not know. */
export function allowedConfs(input: KitInput): Readonly<Record<string, AllowedConf>> {
  return {
    'default/app.conf': {
      install: { is_configured: 'true' },
      ui: { is_visible: 'false', label: /./ },
      launcher: { author: /./, description: /./, version: '1.0.0' },
      package: { id: 'TA-siem-export', check_for_updates: 'false' },
    },
    'metadata/default.meta': {
      '': { access: 'read : [ * ], write : [ admin, sc_admin ]', export: 'system' },
    },
    'default/inputs.conf': inputs(input),
    'default/props.conf': {
      'siem_export:audit': {
        SHOULD_LINEMERGE: 'false',
        LINE_BREAKER: String.raw`([\r\n]+)`,
        TIME_PREFIX: shownByEvents,
        TIME_FORMAT: shownByEvents,
        TZ: 'UTC',
        MAX_TIMESTAMP_LOOKAHEAD: '30',
        TRUNCATE: '3145728',
        'EXTRACT-siem_export_ip': shownByEvents,
        KV_MODE: 'json',
        'EVAL-user': shownByEvents,
        'EVAL-src': shownByEvents,
        'EVAL-command': shownByEvents,
        'EVAL-event_id': shownByEvents,
        'EVAL-description': shownByEvents,
        'EVAL-app': shownByEvents,
        'EVAL-dest': shownByEvents,
        'EVAL-vendor_product': shownByEvents,
        'EVAL-siem_export_action': shownByEvents,
        'LOOKUP-siem_export_actions': shownByEvents,
      },
    },
    'default/transforms.conf': {
      siem_export_actions: {
        filename: 'actions.csv',
        match_type: 'WILDCARD(pattern)',
        max_matches: '1',
        case_sensitive_match: 'true',
      },
    },
    'default/macros.conf': { siem_export_index: { definition: 'index=REPLACE_WITH_INDEX' } },
    'default/eventtypes.conf': {
      siem_export_authentication: { search: 'sourcetype="siem_export:audit" verb=login' },
      siem_export_change: {
        search: 'sourcetype="siem_export:audit" verb IN (logout, create, read, update, delete, permission)',
      },
    },
    'default/tags.conf': {
      'eventtype=siem_export_authentication': { authentication: 'enabled' },
      'eventtype=siem_export_change': { change: 'enabled' },
    },
    'default/savedsearches.conf': {
      'SIEM export - several failed logins of one user': detection(
        'eventtype=siem_export_authentication action=failure',
        'bin _time span=15m | stats count AS failures, values(src) AS src BY user, _time | where failures >= 5',
      ),
      'SIEM export - mass deletion': detection(
        'eventtype=siem_export_change verb=delete',
        'bin _time span=1h | stats count AS deletions, values(command) AS command BY user, _time | where deletions >= 50',
      ),
      'SIEM export - permission changed': detection(
        'eventtype=siem_export_change verb=permission',
        'table _time, user, src, command, description, event_id',
      ),
    },
  };
}

function detection(select: string, pipeline: string) {
  return {
    disabled: '1',
    description: /./,
    search: `\`siem_export_index\` ${select} _index_earliest=-70m@m _index_latest=-10m@m | ${pipeline}`,
    'dispatch.earliest_time': '-30d@d',
    'dispatch.latest_time': 'now',
    enableSched: '1',
    cron_schedule: '7 * * * *',
    counttype: 'number of events',
    relation: 'greater than',
    quantity: '0',
    'alert.track': '1',
    'alert.severity': '4',
  };
}

/** The settings of each add-on's `inputs.conf.spec`, as far as the kit uses them. */
function inputs({ source, compression }: KitInput): AllowedConf {
  const common = { disabled: '1', sourcetype: 'siem_export:audit', index: 'REPLACE_WITH_INDEX' };
  switch (source.type) {
    case 's3':
      return {
        'aws_sqs_based_s3://siem-export': {
          ...common,
          aws_account: 'REPLACE_WITH_ACCOUNT_IN_ADD_ON',
          aws_iam_role: 'REPLACE_WITH_ROLE_IN_ADD_ON',
          sqs_queue_url: 'REPLACE_WITH_QUEUE_URL',
          sqs_queue_region: source.region,
          sqs_batch_size: '10',
          s3_file_decoder: 'CustomLogs',
          using_dlq: '1',
          sqs_sns_validation: '0',
          interval: '300',
        },
      };
    case 'gcs':
      return {
        'google_cloud_pubsub_based_bucket://siem-export': {
          ...common,
          google_credentials_name: 'REPLACE_WITH_ACCOUNT_IN_ADD_ON',
          google_project: 'REPLACE_WITH_PROJECT_ID',
          google_subscriptions: 'siem-export-splunk',
          message_batch_size: '10',
          number_of_threads: '2',
        },
      };
    case 'azure':
      return {
        'mscs_storage_blob://siem-export': {
          ...common,
          account: 'REPLACE_WITH_ACCOUNT_IN_ADD_ON',
          container_name: source.container,
          prefix: shownByEvents,
          blob_mode: 'random',
          blob_compression: compression === 'gzip' ? 'gzip' : 'not_compressed',
          collection_interval: '300',
        },
      };
  }
}
