import { bucketNotification } from '../amazon/bucket-notification.ts';
import type { CreateKit } from '../kit.ts';
import { awsTemplate } from './aws.ts';
import { azureScript } from './azure.ts';
import { mainTemplate, parametersFile } from './main-template.ts';
import { namesFor, placeholders } from './names.ts';
import { readme } from './readme.ts';
import { transformationsFor } from './transformation.ts';

/**
 * The kit for Microsoft Sentinel: a template for the workspace, and what the cloud of the files needs.
 *
 * @throws TypeError for Google Cloud Storage, which no connector of Sentinel reads
 */
export const createKit: CreateKit = input => {
  const { source } = input;
  if (source.type === 'gcs') throw new TypeError('Sentinel reads no files in Google Cloud Storage');
  const names = namesFor(input.product);
  const transformations = transformationsFor(input.actions, input.product);
  return [
    { path: 'README.md', text: readme(input, source, names, transformations) },
    json('mainTemplate.json', mainTemplate(input, names, transformations)),
    json('parameters.json', parametersFile(input)),
    ...(source.type === 'azure'
      ? [{ path: 'azure.sh', text: azureScript(input, source) }]
      : [
          json('aws.json', awsTemplate(input, source)),
          json(
            'bucket-notification.json',
            bucketNotification(input, { QueueArn: placeholders.queueArn }, 'siem-export-sentinel'),
          ),
        ]),
  ];
};

function json(path: string, content: object) {
  return { path, text: `${JSON.stringify(content, null, 2)}\n` };
}
