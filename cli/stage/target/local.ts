import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createDispatchState } from '../../../lambdas/aws/dispatch-state.ts';
import { createEventBus } from '../../../lambdas/aws/event-bus.ts';
import { readExporterEnvironment } from '../../../lambdas/environment.ts';
import { createAnnouncer } from '../account/account-changes.ts';
import { askLocalMode } from './local-control.ts';
import { readLocalState } from './state-file.ts';
import { parseOutputs, type Target, workedOff } from './target.ts';

/** Puts the clock of this process forward by so many milliseconds. */
export type PutClockForward = (milliseconds: number) => void;

/**
 * Opens local mode, from its state file.
 * @throws CommandError `unreachable` if it is not running
 */
export async function openLocalTarget(
  { stateFile, command }: { readonly stateFile: string; readonly command: string },
  putClockForward: PutClockForward,
): Promise<Target> {
  const { aws, clockAhead, ...state } = await readLocalState(stateFile);
  // Without this, its servers would refuse tokens issued before their present time.
  putClockForward(clockAhead);
  const credentials = { accessKeyId: aws.AWS_ACCESS_KEY_ID, secretAccessKey: aws.AWS_SECRET_ACCESS_KEY };
  const access = { region: aws.AWS_REGION, credentials };
  const outputs = parseOutputs(state.outputs, 'local mode');
  const dynamodb = new DynamoDBClient({ ...access, endpoint: aws.AWS_ENDPOINT_URL_DYNAMODB });
  const sqs = new SQSClient({ ...access, endpoint: aws.AWS_ENDPOINT_URL_SQS });
  const secrets = new SecretsManagerClient({ ...access, endpoint: aws.AWS_ENDPOINT_URL_SECRETS_MANAGER });
  const events = new EventBridgeClient({ ...access, endpoint: aws.AWS_ENDPOINT_URL_EVENTBRIDGE });
  const dispatched = createDispatchState({ client: dynamodb, tableName: outputs.DispatchStateTableName });
  const now = async () => (await dispatched.completedTick()) ?? Date.now();
  return {
    title: 'local mode',
    command,
    local: true,
    region: aws.AWS_REGION,
    lagKnown: state.ticksInARow !== true,
    outputs,
    dynamodb,
    sqs,
    secrets,
    announcer: createAnnouncer({
      put: createEventBus({ client: events, busName: outputs.EventBusName }),
      readCaller: async () => 'local mode',
      now,
    }),
    dynamodbIn: () => dynamodb,
    environment: async () => readExporterEnvironment(state.exporter),
    now,
    exporterCredential: async () => credentials,
    workOffQueue: async () =>
      state.control === undefined
        ? undefined
        : workedOff.parse(await askLocalMode(state.control, 'queue', {})),
    close() {
      for (const client of [dynamodb, sqs, secrets, events]) client.destroy();
    },
  };
}
