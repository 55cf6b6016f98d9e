/**
 * The GCS driver on our own server, or on the one that the environment names:
 *
 * - CONTRACT_GCS_ENDPOINT: its URL, such as `http://127.0.0.1:4443` or `https://storage.googleapis.com`
 * - CONTRACT_GCS_BUCKET: the tests' bucket (default `audit-logs`); objects are created below `contract/` and stay
 * - CONTRACT_GCS_CREDENTIALS: the JSON of a service account that may create and read objects there. Tokens are asked
 *   for at `<endpoint>/token`, or at Google's own endpoint if the endpoint is Google's. Without it, or if the server
 *   answers `POST /token` with 404, 405 or 501, it is taken for one that checks no token: the driver then gets its
 *   tokens from our own issuer, the bucket is created if missing, and nothing is tried with wrong credentials
 * - CONTRACT_GCS_DENIED_BUCKET: a bucket where the account may create nothing; without it, denial is not tried
 */
import { describeBucketContract } from './bucket-contract.ts';
import { startGcsBucketServer } from './gcs-bucket-server.ts';

describeBucketContract('Google Cloud Storage', startGcsBucketServer);
