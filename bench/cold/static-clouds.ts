/** For comparison: the exporter with the SDKs of all three clouds imported statically. */
export { createAzureBucket } from '../../lambdas/buckets/azure.ts';
export { createGcsBucket } from '../../lambdas/buckets/gcs.ts';
export { createS3Bucket } from '../../lambdas/buckets/s3.ts';
export { handler } from '../../lambdas/exporter/handler.ts';
