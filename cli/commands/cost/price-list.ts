/**
 * AWS’s public prices in US dollars for us-east-1, its cheapest region; other regions cost up to 50 % more. Free
 * tiers and volume discounts are left out, so an estimate is never too low because of them.
 */

/**
 * Where a price comes from. `page`: AWS’s own price page on that day. `secondhand`: another source; check it before
 * you base a decision on it.
 */
export type PriceSource =
  | { readonly kind: 'page'; readonly from: string; readonly on: string }
  | { readonly kind: 'secondhand'; readonly from: string };

export interface Price {
  /** US dollars for one `unit`. */
  readonly usd: number;
  readonly unit: string;
  readonly source: PriceSource;
}

/** The prices were checked on this day. */
export const priceListDate = '2026-11-22';
export const priceListRegion = 'us-east-1';

const million = 1_000_000;
const secondhand = (from: string): PriceSource => ({ kind: 'secondhand', from });
const page = (service: string, on = '2026-09-20'): PriceSource => ({
  kind: 'page',
  from: `https://aws.amazon.com/${service}/pricing/`,
  on,
});
const dynamodbGuide = secondhand('https://airbyte.com/data-engineering-resources/dynamodb-pricing');
const kmsGuide = secondhand('https://www.wring.co/blog/aws-kms-pricing-guide');
const cloudWatchGuide = secondhand(
  'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
);
const cloudWatchList = secondhand('https://github.com/nishinoshake/aws-rough/issues/37');

export const priceList = {
  lambdaGbSecond: {
    usd: 0.0000133334,
    unit: 'GB-second of Lambda, arm64',
    source: secondhand('https://app.unpkg.com/artillery@2.0.28/files/lib/platform/aws-lambda/prices.js'),
  },
  lambdaRequest: { usd: 0.2 / million, unit: 'Lambda request', source: page('lambda') },
  dynamodbReadUnit: { usd: 0.125 / million, unit: 'DynamoDB read unit, on demand', source: dynamodbGuide },
  dynamodbWriteUnit: { usd: 0.625 / million, unit: 'DynamoDB write unit, on demand', source: dynamodbGuide },
  dynamodbStorage: { usd: 0.25, unit: 'GB-month in DynamoDB', source: page('dynamodb', 'an undated copy') },
  dynamodbRecovery: {
    usd: 0.2,
    unit: 'GB-month of point-in-time recovery',
    source: secondhand('https://finops.com.py/services/dynamodb/backups'),
  },
  sqsRequest: {
    usd: 0.4 / million,
    unit: 'SQS request, standard queue',
    source: secondhand('https://cloudburn.io/blog/amazon-sqs-pricing'),
  },
  eventBridgeEvent: {
    usd: 1 / million,
    unit: 'custom event of up to 64 KB',
    source: secondhand('https://blog.awsfundamentals.com/aws-eventbridge-pricing-guide'),
  },
  secret: { usd: 0.4, unit: 'secret and month', source: page('secrets-manager') },
  secretRequest: { usd: 0.05 / 10_000, unit: 'Secrets Manager call', source: page('secrets-manager') },
  kmsKey: { usd: 1, unit: 'KMS key and month', source: kmsGuide },
  kmsRequest: { usd: 0.03 / 10_000, unit: 'KMS call', source: kmsGuide },
  logIngested: { usd: 0.5, unit: 'GB of logs', source: cloudWatchGuide },
  logStored: {
    usd: 0.03,
    unit: 'GB-month of logs',
    source: secondhand('https://c3x.dev/resources/aws/aws_cloudwatch_log_group'),
  },
  customMetric: { usd: 0.3, unit: 'custom metric and month', source: cloudWatchList },
  alarm: {
    usd: 0.1,
    unit: 'alarm and month',
    source: secondhand('https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm'),
  },
  dashboard: { usd: 3, unit: 'dashboard and month', source: cloudWatchList },
  internetOut: {
    usd: 0.09,
    unit: 'GB to the internet',
    source: secondhand('https://github.com/chime/terraform-aws-alternat'),
  },
  otherRegionOut: {
    usd: 0.02,
    unit: 'GB to another AWS region',
    source: secondhand('https://awsnegotiations.com/cross-region-transfer-minimization.html'),
  },
  natHour: { usd: 0.045, unit: 'hour of a NAT gateway', source: page('vpc') },
  natGb: { usd: 0.045, unit: 'GB through a NAT gateway', source: page('vpc') },
  publicAddressHour: {
    usd: 0.005,
    unit: 'hour of a public IPv4 address',
    source: secondhand('https://vishalvyas.com/understand-aws-public-ipv4-address-usage-and-pricing/'),
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof priceList;
