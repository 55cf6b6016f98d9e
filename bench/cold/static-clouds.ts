/** The exporter as it would be with the SDKs of all three clouds imported in the usual way. */
export { createAzureBucket } from '../../lambdas/buckets/azure.ts';
export { createGcsBucket } from '../../lambdas/buckets/gcs.ts';
export { createS3Bucket } from '../../lambdas/buckets/s3.ts';
export { handler } from '../../lambdas/exporter/handler.ts';
