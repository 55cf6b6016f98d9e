const elsewhere = 'evil.example';
const url = `http://${elsewhere}:8080`;

/** An AWS configuration file that redirects every service. */
export const configFile = `[default]
endpoint_url = ${url}
services = moved
[services moved]
s3 =
  endpoint_url = ${url}
sts =
  endpoint_url = ${url}
`;

/** Variables with which an SDK, one of its libraries or Node may redirect requests. */
export const movingVariables: Readonly<Record<string, string>> = {
  AWS_ENDPOINT_URL: url,
  AWS_ENDPOINT_URL_S3: url,
  AWS_ENDPOINT_URL_STS: url,
  // The test sets the path.
  AWS_CONFIG_FILE: '',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_USE_DUALSTACK_ENDPOINT: 'true',
  AWS_S3_USE_ARN_REGION: 'true',
  AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS: 'false',
  AWS_STS_REGIONAL_ENDPOINTS: 'legacy',
  AWS_DEFAULT_REGION: 'us-west-2',
  HTTP_PROXY: url,
  HTTPS_PROXY: url,
  ALL_PROXY: url,
  http_proxy: url,
  https_proxy: url,
  all_proxy: url,
  NODE_USE_ENV_PROXY: '1',
  STORAGE_EMULATOR_HOST: url,
  GOOGLE_CLOUD_UNIVERSE_DOMAIN: elsewhere,
  GOOGLE_APPLICATION_CREDENTIALS: `/${elsewhere}.json`,
  GCE_METADATA_HOST: `${elsewhere}:8080`,
  AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=acmeaudit;AccountKey=AAAA;BlobEndpoint=${url}`,
  AZURE_AUTHORITY_HOST: url,
};
