import * as z from 'zod';

const arn = z.string().regex(/^REPLACE_WITH_[A-Z_]+$/);
const rule = (name: string) => z.strictObject({ Name: z.literal(name), Value: z.string() });
const common = {
  Id: z.string().min(1),
  // Large files are written by several requests, which is another event than a simple one.
  Events: z.tuple([z.literal('s3:ObjectCreated:*')]),
  Filter: z.strictObject({
    Key: z.strictObject({ FilterRules: z.tuple([rule('prefix'), rule('suffix')]) }),
  }),
};
const shapes = {
  queue: z
    .strictObject({ QueueConfigurations: z.tuple([z.strictObject({ ...common, QueueArn: arn })]) })
    .transform(({ QueueConfigurations: [configuration] }) => configuration),
  function: z
    .strictObject({
      LambdaFunctionConfigurations: z.tuple([z.strictObject({ ...common, LambdaFunctionArn: arn })]),
    })
    .transform(({ LambdaFunctionConfigurations: [configuration] }) => configuration),
};

/**
 * Of which objects a bucket with this notification configuration tells.
 *
 * @throws ZodError for a configuration that S3 refuses, or that tells somebody else
 */
export function readNotification(text: string, told: keyof typeof shapes): (key: string) => boolean {
  const [prefix, suffix] = shapes[told].parse(JSON.parse(text)).Filter.Key.FilterRules;
  return key => key.startsWith(decoded(prefix.Value)) && key.endsWith(decoded(suffix.Value));
}

function decoded(value: string): string {
  return decodeURIComponent(value.replaceAll('+', ' '));
}
