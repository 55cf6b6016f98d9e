import { bucketNotification } from '../amazon/bucket-notification.ts';
import type { CreateKit, KitFile, KitInput } from '../kit.ts';
import { appSettings, functionBinding } from './azure-function.ts';
import { monitors } from './monitors.ts';
import { pipeline } from './pipeline.ts';
import { readme } from './readme.ts';
import { forwarderEnvironment } from './s3-trigger.ts';

export const createKit: CreateKit = input => [
  { path: 'README.md', text: readme(input) },
  { path: 'pipeline.json', text: json(pipeline(input)) },
  { path: 'monitors.json', text: json(monitors(input)) },
  ...triggerOf(input),
];

function triggerOf(input: KitInput): KitFile[] {
  const { source, folder } = input;
  if (source.type === 's3')
    return [
      {
        path: 'notification.json',
        text: json(
          bucketNotification(
            input,
            { LambdaFunctionArn: 'REPLACE_WITH_FORWARDER_ARN' },
            'siem-export-datadog',
          ),
        ),
      },
      { path: 'forwarder-environment.json', text: json(forwarderEnvironment) },
    ];
  if (source.type === 'azure')
    return [
      { path: 'function.json', text: json(functionBinding(source, folder)) },
      { path: 'app-settings.json', text: json(appSettings(source)) },
    ];
  throw new TypeError(`Datadog reads no files in ${source.type}`);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
