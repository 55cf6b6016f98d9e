import { devNull } from 'node:os';

/** An invented credential that the loopback servers accept. */
export const benchCredential = {
  accessKeyId: 'AKIABENCHMARK0000001',
  secretAccessKey: 'benchmark/secret/access/key/000000000001',
};

/** The settings that the AWS SDK needs, and empty files so that it does not read the user's own configuration. */
export const sdkSettings = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: benchCredential.accessKeyId,
  AWS_SECRET_ACCESS_KEY: benchCredential.secretAccessKey,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
};
