import type { Compression } from '../../lambdas/domain/format.ts';
import type { KitInput, Source } from '../kit.ts';
import { confText, type Stanza } from './conf.ts';
import { inputName, keyPrefix, placeholders, queueName, sourcetype } from './names.ts';

/**
 * The input of the add-on for the cloud. It is disabled, because the app is also installed where no input may run: each
 * instance with an enabled input would read every file again.
 */
export function inputsConf({ source, folder, compression }: KitInput): string {
  return confText([stanzaOf(source, folder, compression)]);
}

function stanzaOf(source: Source, folder: string, compression: Compression): Stanza {
  const target = { sourcetype, index: placeholders.index };
  switch (source.type) {
    case 's3':
      return {
        name: `aws_sqs_based_s3://${inputName}`,
        comment: 'Splunk Add-on for AWS',
        settings: {
          disabled: '1',
          aws_account: placeholders.account,
          aws_iam_role: placeholders.role,
          sqs_queue_url: placeholders.queueUrl,
          sqs_queue_region: source.region,
          sqs_batch_size: '10',
          s3_file_decoder: 'CustomLogs',
          using_dlq: '1',
          // S3 writes to the queue itself. Its messages have no signature of SNS: the check would refuse them all.
          sqs_sns_validation: '0',
          interval: '300',
          ...target,
        },
      };
    case 'gcs':
      return {
        name: `google_cloud_pubsub_based_bucket://${inputName}`,
        comment: 'Splunk Add-on for Google Cloud Platform',
        settings: {
          disabled: '1',
          google_credentials_name: placeholders.account,
          google_project: placeholders.project,
          google_subscriptions: queueName,
          message_batch_size: '10',
          number_of_threads: '2',
          ...target,
        },
      };
    case 'azure':
      return {
        name: `mscs_storage_blob://${inputName}`,
        comment: 'Splunk Add-on for Microsoft Cloud Services',
        settings: {
          disabled: '1',
          account: placeholders.account,
          container_name: source.container,
          prefix: keyPrefix(folder),
          blob_mode: 'random',
          blob_compression: compression === 'gzip' ? 'gzip' : 'not_compressed',
          collection_interval: '300',
          ...target,
        },
      };
  }
}
