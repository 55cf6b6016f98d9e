import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type AwsAccess, sdkConfig } from '../../stage/target/deployed.ts';

/** The services of a stage that local mode has no stand-in for. */
export interface DeployedServices {
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
  readonly cloudwatch: CloudWatchClient;
  close(): void;
}

export async function openDeployedServices(access: AwsAccess): Promise<DeployedServices> {
  const [{ LambdaClient }, { EventBridgeClient }, { CloudWatchClient }] = await Promise.all([
    import('@aws-sdk/client-lambda'),
    import('@aws-sdk/client-eventbridge'),
    import('@aws-sdk/client-cloudwatch'),
  ]);
  const config = sdkConfig(access);
  const lambda = new LambdaClient(config);
  const events = new EventBridgeClient(config);
  const cloudwatch = new CloudWatchClient(config);
  return {
    lambda,
    events,
    cloudwatch,
    close() {
      for (const client of [lambda, events, cloudwatch]) client.destroy();
    },
  };
}
