import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { startDynamodbServer } from './servers/dynamodb-server.ts';
import { type EventsServer, startEventsServer } from './servers/events-server.ts';
import { startSecretsServer } from './servers/secrets-server.ts';
import { startSqsServer } from './servers/sqs-server.ts';

/** Placeholders: the servers that replace AWS’s services do not check credentials. */
export const awsRegion = 'us-east-1';
export const awsCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The AWS services that the functions use, as servers on this machine. */
export interface AwsServers {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly secrets: SecretsManagerClient;
  readonly events: EventsServer;
  /** Environment variables with which an AWS SDK in any process uses these servers. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startAwsServers(): Promise<AwsServers> {
  const [dynamodb, sqs, secrets, events] = await Promise.all([
    startDynamodbServer(),
    startSqsServer(),
    startSecretsServer(),
    startEventsServer(),
  ]);
  const access = { region: awsRegion, credentials: awsCredentials };
  const clients = {
    dynamodb: new DynamoDBClient({ ...access, endpoint: dynamodb.endpoint }),
    sqs: new SQSClient({ ...access, endpoint: sqs.endpoint }),
    secrets: new SecretsManagerClient({ ...access, endpoint: secrets.endpoint }),
  };
  return {
    ...clients,
    events,
    environment: {
      AWS_REGION: awsRegion,
      AWS_ACCESS_KEY_ID: awsCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: awsCredentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: events.endpoint,
    },
    async close() {
      for (const client of Object.values(clients)) client.destroy();
      await Promise.all([dynamodb, sqs, secrets, events].map(server => server.close()));
    },
  };
}
