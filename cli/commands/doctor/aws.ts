import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SNSClient } from '@aws-sdk/client-sns';
import { type AwsAccess, sdkConfig } from '../../stage/target/deployed.ts';

/** The AWS services that only a deployed stage uses; local mode does not emulate them. */
export interface DeployedServices {
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
  readonly cloudwatch: CloudWatchClient;
  readonly sns: SNSClient;
  close(): void;
}

export async function openDeployedServices(access: AwsAccess): Promise<DeployedServices> {
  const [{ LambdaClient }, { EventBridgeClient }, { CloudWatchClient }, { SNSClient }] = await Promise.all([
    import('@aws-sdk/client-lambda'),
    import('@aws-sdk/client-eventbridge'),
    import('@aws-sdk/client-cloudwatch'),
    import('@aws-sdk/client-sns'),
  ]);
  const config = sdkConfig(access);
  const lambda = new LambdaClient(config);
  const events = new EventBridgeClient(config);
  const cloudwatch = new CloudWatchClient(config);
  const sns = new SNSClient(config);
  return {
    lambda,
    events,
    cloudwatch,
    sns,
    close() {
      for (const client of [lambda, events, cloudwatch, sns]) client.destroy();
    },
  };
}
