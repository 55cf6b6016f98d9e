import type { KitInput } from '../kit.ts';
import { source } from './names.ts';

/** The notification that makes the bucket call the forwarder for each file of the account. */
export function notification({ folder, compression }: KitInput): object {
  return {
    LambdaFunctionConfigurations: [
      {
        Id: 'siem-export-datadog',
        LambdaFunctionArn: 'REPLACE_WITH_FORWARDER_ARN',
        Events: ['s3:ObjectCreated:*'],
        Filter: {
          Key: {
            FilterRules: [
              // Amazon S3 takes special characters in a filter percent-encoded.
              { Name: 'prefix', Value: folder.split('/').map(encodeURIComponent).join('/') },
              { Name: 'suffix', Value: compression === 'gzip' ? '.json.gz' : '.json' },
            ],
          },
        },
      },
    ],
  };
}

/** Variables that are added to the forwarder's. Without them it guesses a source from the file's key. */
export const forwarderEnvironment = { DD_SOURCE: source };
