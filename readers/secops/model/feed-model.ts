import { isDeepStrictEqual } from 'node:util';
import type { Kit, KitInput, Source } from '../../kit.ts';
import type { StoredObject } from '../../model.ts';

/** What a feed reads, of the settings that `google/cloud/chronicle/v1/feed.proto` has for it. */
interface Feed {
  /** The log type of the events. */
  readonly logType: string;
  readonly uri: string;
}

const instance =
  'projects/REPLACE_WITH_PROJECT/locations/REPLACE_WITH_LOCATION/instances/REPLACE_WITH_INSTANCE';

/** The JSON of a feed with any name, log type and folder, which decide what is read. */
function shapeOf(source: Source, { logType, uri }: Feed, displayName: unknown) {
  const settings = {
    s3: {
      feedSourceType: 'AMAZON_S3_V2',
      amazonS3V2Settings: {
        s3Uri: uri,
        sourceDeletionOption: 'NEVER',
        authentication: {
          awsIamRoleAuth: {
            awsIamRoleArn: 'arn:aws:iam::REPLACE_WITH_AWS_ACCOUNT_ID:role/siem-export-secops',
            subjectId: 'REPLACE_WITH_SUBJECT_ID',
          },
        },
      },
    },
    gcs: {
      feedSourceType: 'GOOGLE_CLOUD_STORAGE_V2',
      gcsV2Settings: { bucketUri: uri, sourceDeletionOption: 'NEVER' },
    },
    azure: {
      feedSourceType: 'AZURE_BLOBSTORE_V2',
      azureBlobStoreV2Settings: {
        azureUri: uri,
        sourceDeletionOption: 'NEVER',
        authentication: {
          azureV2WorkloadIdentityFederation: {
            clientId: 'REPLACE_WITH_CLIENT_ID',
            tenantId: 'REPLACE_WITH_TENANT_ID',
            subjectId: 'REPLACE_WITH_SUBJECT_ID',
          },
        },
      },
    },
  };
  return {
    displayName,
    details: { logType: `${instance}/logTypes/${logType}`, ...settings[source.type] },
  };
}

interface FeedFile {
  readonly displayName?: unknown;
  readonly details?: {
    readonly logType?: string;
    readonly amazonS3V2Settings?: { readonly s3Uri?: string };
    readonly gcsV2Settings?: { readonly bucketUri?: string };
    readonly azureBlobStoreV2Settings?: { readonly azureUri?: string };
  };
}

/** The feed of a kit. @throws Error if its file is not as the product takes it for the source */
export function feedOf(kit: Kit, { source }: KitInput): Feed {
  const file = JSON.parse(kit.find(({ path }) => path === 'feed.json')?.text ?? '{}') as FeedFile;
  const { displayName, details } = file;
  const feed = {
    logType: details?.logType?.split('/').at(-1) ?? '',
    uri:
      details?.amazonS3V2Settings?.s3Uri ??
      details?.gcsV2Settings?.bucketUri ??
      details?.azureBlobStoreV2Settings?.azureUri ??
      '',
  };
  if (!isDeepStrictEqual(file, shapeOf(source, feed, displayName)))
    throw new Error('feed.json: unknown settings or values');
  if (typeof displayName !== 'string' || displayName === '') throw new Error('feed.json: no name');
  // The name of a log type that a customer creates, and what the product adds to it.
  if (!/^[A-Z0-9_]+_CUSTOM$/.test(feed.logType)) throw new Error(`feed.json: log type ${feed.logType}`);
  if (!feed.uri.endsWith('/')) throw new Error('feed.json: a folder ends with a slash');
  return feed;
}

const roots: { [Type in Source['type']]: (source: Source & { type: Type }) => string } = {
  s3: ({ bucket }) => `s3://${bucket}/`,
  gcs: ({ bucket }) => `gs://${bucket}/`,
  azure: ({ host, container }) => `https://${host}/${container}/`,
};

/** The objects under the feed's folder, if it is in the bucket. */
export function objectsOf({ uri }: Feed, { source }: KitInput, objects: readonly StoredObject[]) {
  const root = roots[source.type](source as never);
  return uri.startsWith(root) ? objects.filter(({ key }) => key.startsWith(uri.slice(root.length))) : [];
}
