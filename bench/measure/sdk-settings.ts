import { devNull } from 'node:os';

/** Accepted by the loopback servers and good for nothing else. */
export const benchCredential = {
  accessKeyId: 'AKIABENCHMARK0000001',
  secretAccessKey: 'benchmark/secret/access/key/000000000001',
};

/** What the AWS SDK needs to know, and what keeps it from reading a person's own settings. */
export const sdkSettings = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: benchCredential.accessKeyId,
  AWS_SECRET_ACCESS_KEY: benchCredential.secretAccessKey,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
};
