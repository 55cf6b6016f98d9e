import * as z from 'zod';

const shape = z.strictObject({
  QueueConfigurations: z.tuple([
    z.strictObject({
      Id: z.string().min(1),
      QueueArn: z
        .string()
        .regex(/^arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w-]+$/)
        .or(z.literal('REPLACE_WITH_QUEUE_ARN')),
      Events: z.tuple([z.literal('s3:ObjectCreated:*')]),
      Filter: z.strictObject({
        Key: z.strictObject({
          FilterRules: z.tuple([
            z.strictObject({ Name: z.literal('prefix'), Value: z.string() }),
            z.strictObject({ Name: z.literal('suffix'), Value: z.string() }),
          ]),
        }),
      }),
    }),
  ]),
});

/**
 * Whether a bucket with this configuration notifies the queue of a new object.
 *
 * @throws Error for a configuration that S3 refuses
 */
export function notifies(configuration: string, key: string): boolean {
  const [{ Filter }] = shape.parse(JSON.parse(configuration)).QueueConfigurations;
  const [prefix, suffix] = Filter.Key.FilterRules;
  return key.startsWith(decoded(prefix.Value)) && key.endsWith(decoded(suffix.Value));
}

function decoded(value: string): string {
  return decodeURIComponent(value.replaceAll('+', ' '));
}
