import { S3Client } from '@aws-sdk/client-s3';

export function plainS3Client(endpoint: string): S3Client {
  return new S3Client({ endpoint, forcePathStyle: true });
}
