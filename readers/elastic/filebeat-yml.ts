import { fileSuffixes } from '../../lambdas/domain/object-key.ts';
import type { KitInput } from '../kit.ts';
import { googleKeyFile, namesOf, placeholders, type SourceOf, secrets } from './names.ts';

/** Filebeat's whole configuration: one input, the output, and nothing of Filebeat's own index template. */
export function filebeatYml(input: KitInput): string {
  const { dataStream } = namesOf(input);
  return `# Replace the values that begin with REPLACE_WITH_. The README says how to get them.
filebeat.inputs:
${inputOf(input)}
    # Without this line host.name would be the machine that Filebeat runs on.
    publisher_pipeline.disable_host: true

output.elasticsearch:
  hosts: [${scalar(placeholders.elasticsearchUrl)}]
  # The key comes from Filebeat's keystore.
  api_key: ${scalar(`\${${secrets.apiKey}}`)}
  index: ${scalar(dataStream)}

# index-template.json takes the place of Filebeat's own template. With ILM on, Filebeat would ignore the index above.
setup.template.enabled: false
setup.ilm.enabled: false
`;
}

function inputOf(input: KitInput): string {
  const { source } = input;
  if (source.type === 's3') return s3Input(input, source);
  if (source.type === 'gcs') return gcsInput(input, source);
  return azureInput(input, source);
}

function s3Input(input: KitInput, { region }: SourceOf<'s3'>): string {
  return `  - type: aws-s3
    id: ${scalar(namesOf(input).inputId)}
    queue_url: ${scalar(placeholders.queueUrl)}
    region: ${scalar(region)}
    # The queue has dead letters. Without -1 Filebeat deletes a message after five failures, and its file is never read.
    sqs.max_receive_count: -1`;
}

function gcsInput(input: KitInput, { bucket }: SourceOf<'gcs'>): string {
  return `  - type: gcs
    id: ${scalar(namesOf(input).inputId)}
    project_id: ${scalar(placeholders.projectId)}
    auth.credentials_file.path: ${scalar(googleKeyFile)}
${polling}
    buckets:
      - name: ${scalar(bucket)}
${selector(input)}`;
}

function azureInput(input: KitInput, { storageAccount, container, host }: SourceOf<'azure'>): string {
  const storageUrl =
    host === `${storageAccount}.blob.core.windows.net`
      ? ''
      : `\n    storage_url: ${scalar(`https://${host}/`)}`;
  return `  - type: azure-blob-storage
    id: ${scalar(namesOf(input).inputId)}
    account_name: ${scalar(storageAccount)}${storageUrl}
    # The secret comes from Filebeat's keystore.
    auth.oauth2:
      tenant_id: ${scalar(placeholders.tenantId)}
      client_id: ${scalar(placeholders.clientId)}
      client_secret: ${scalar(`\${${secrets.clientSecret}}`)}
${polling}
    containers:
      - name: ${scalar(container)}
${selector(input)}`;
}

const polling = `    # After a restart Filebeat goes on behind the newest file that it has read. With more workers than one it can skip an
    # older file that was still being read.
    max_workers: 1
    batch_size: 100
    poll: true
    poll_interval: 5m`;

const selector = (input: KitInput) => `        file_selectors:
          - regex: ${scalar(keyPattern(input))}`;

/** The account's files alone: `proof/` and other accounts' folders would give error events or foreign ones. */
function keyPattern(input: KitInput): string {
  return `^${escaped(input.folder)}audit_[^/]+${escaped(fileSuffixes[input.compression])}$`;
}

/** For Go's regular expressions, which take a backslash before any punctuation. */
function escaped(text: string): string {
  return text.replaceAll(/[\\^$.+*?()[\]{}|]/g, String.raw`\$&`);
}

/**
 * A double-quoted scalar. YAML reads JSON's strings, but takes no control characters from U+007F on unescaped. Filebeat
 * replaces `${…}` in every string; a pattern never has it, because `$` and `{` are escaped there.
 */
function scalar(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
