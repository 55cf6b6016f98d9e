import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Bucket } from '../../lambdas/buckets/bucket.ts';
import { createS3Bucket, type S3BucketOptions } from '../../lambdas/buckets/s3.ts';
import type { S3Destination } from '../../lambdas/domain/account.ts';
import { startS3Server } from '../../local/servers/s3-server.ts';
import type { BucketFault, BucketServer } from './bucket-server.ts';

/** An S3 server, and what the tests need to know about it. */
interface Place {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A bucket that exists but cannot be written. */
  readonly deniedBucket: string | undefined;
  readonly playsWrongRegion: boolean;
  readonly isExternal: boolean;
  close(): Promise<void>;
}

/** Options that differ from those of the contract suite. */
export interface S3Opening extends Partial<Omit<S3BucketOptions, 'destination'>> {
  readonly destination?: Partial<S3Destination>;
}

/** The server, with what the S3 tests need besides the contract. */
export interface S3ContractServer extends BucketServer {
  openWith(options: S3Opening): Bucket;
  readonly region: string;
}

/** Short delays, and the smallest parts that S3 accepts. */
const tuning = { partSize: 5 * 1024 * 1024, pauseMs: 20 };

const wrongSecret = 'wrong/Pq7ZbR2mXv9Kc4Tn8Wd3Hs6Jf1Ly5Ga0Eu';

export async function startEmbeddedS3(): Promise<S3ContractServer> {
  const accessKeyId = 'AKIACONTRACT00000001';
  const secretAccessKey = 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY+Z/cdEfG';
  const region = 'eu-central-1';
  const bucket = 'contract-bucket';
  const deniedBucket = 'contract-denied';
  const server = await startS3Server({
    credentials: [{ accessKeyId, secretAccessKey }],
    buckets: [
      { name: bucket, region },
      { name: deniedBucket, region, denied: true },
    ],
  });
  return contractServer({
    endpoint: server.endpoint,
    bucket,
    region,
    accessKeyId,
    secretAccessKey,
    deniedBucket,
    playsWrongRegion: true,
    isExternal: false,
    close: () => server.close(),
  });
}

/** The server that the environment names (see s3.test.ts); creates its bucket if it is missing. */
export async function connectToExternalS3(
  endpoint: string,
  env: NodeJS.ProcessEnv,
): Promise<S3ContractServer> {
  const place: Place = {
    endpoint,
    bucket: env.CONTRACT_S3_BUCKET ?? 'siem-export-contract',
    region: env.CONTRACT_S3_REGION ?? 'us-east-1',
    accessKeyId: required(env, 'CONTRACT_S3_ACCESS_KEY_ID'),
    secretAccessKey: required(env, 'CONTRACT_S3_SECRET_ACCESS_KEY'),
    deniedBucket: env.CONTRACT_S3_DENIED_BUCKET,
    playsWrongRegion: env.CONTRACT_S3_CHECKS_REGION === 'true',
    isExternal: true,
    close: async () => undefined,
  };
  const client = clientOf(place);
  try {
    await client.send(new HeadBucketCommand({ Bucket: place.bucket }));
  } catch (thrown) {
    if (!(thrown instanceof NotFound)) throw thrown;
    await client.send(
      new CreateBucketCommand({
        Bucket: place.bucket,
        ...(place.region !== 'us-east-1' && {
          CreateBucketConfiguration: { LocationConstraint: place.region as BucketLocationConstraint },
        }),
      }),
    );
  } finally {
    client.destroy();
  }
  return contractServer(place);
}

function contractServer(place: Place): S3ContractServer {
  const client = clientOf(place);
  const { bucket, region, accessKeyId, secretAccessKey } = place;

  function bucketName(fault?: BucketFault): string {
    if (fault === 'missing-bucket') return `${bucket}-missing`;
    return fault === 'denied' ? (place.deniedBucket ?? bucket) : bucket;
  }

  const openWith: S3ContractServer['openWith'] = ({ destination, ...options }) =>
    createS3Bucket({
      credential: { type: 's3', accessKeyId, secretAccessKey },
      endpoint: place.endpoint,
      ...tuning,
      onLeftover: failure => {
        throw failure;
      },
      ...options,
      destination: { type: 's3', bucket, region, ...destination },
    });

  return {
    endpoint: place.endpoint,
    region,
    bucketName,
    openWith,
    secrets: [secretAccessKey, wrongSecret],
    isExternal: place.isExternal,
    faults: [
      'wrong-credentials',
      'missing-bucket',
      ...(place.deniedBucket === undefined ? [] : (['denied'] as const)),
      ...(place.playsWrongRegion ? (['wrong-region'] as const) : []),
    ],
    creates: ({ headers }) => headers['if-none-match'] !== undefined,
    open: ({ fault, endpoint = place.endpoint, silenceMs } = {}) =>
      openWith({
        endpoint,
        silenceMs,
        destination: {
          bucket: bucketName(fault),
          region: fault === 'wrong-region' ? otherRegion(region) : region,
        },
        ...(fault === 'wrong-credentials' && {
          credential: { type: 's3', accessKeyId, secretAccessKey: wrongSecret },
        }),
        // A server that only fails cannot be cleaned up; where cleaning is possible, the tests count what remains.
        onLeftover: () => undefined,
      }),
    async read(key) {
      try {
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return {
          body: Buffer.from((await found.Body?.transformToByteArray()) ?? []),
          contentType: found.ContentType,
          contentEncoding: found.ContentEncoding,
          metadata: found.Metadata ?? {},
        };
      } catch (thrown) {
        if (thrown instanceof NoSuchKey) return undefined;
        throw thrown;
      }
    },
    async put(key, body) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    },
    async unfinishedUploads() {
      const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads?.length ?? 0;
    },
    async close() {
      client.destroy();
      await place.close();
    },
  };
}

export function otherRegion(region: string): string {
  return region === 'ap-south-1' ? 'eu-west-1' : 'ap-south-1';
}

function clientOf({ endpoint, region, accessKeyId, secretAccessKey }: Place): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined) throw new Error(`CONTRACT_S3_ENDPOINT needs ${name} beside it`);
  return value;
}
