import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  QueueDoesNotExist,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { createDispatchState } from '../../../lambdas/aws/dispatch-state.ts';
import type { Target } from '../../stage/target/target.ts';
import { counted, span, utcTime } from '../../terminal/wording.ts';
import { alone, type Check, ill, well } from './check.ts';

const tickInterval = 15 * 60_000;

/** The ticks come, the queue hands on, nothing is put aside. */
export async function checkPipeline(target: Target): Promise<Check[]> {
  const { sqs, outputs, command } = target;
  return [
    await checkTicks(target),
    await checkRedrive(sqs, outputs.ExportQueueUrl, outputs.ExportDeadLetterQueueUrl),
    await checkEmpty(sqs, 'exports put aside', outputs.ExportDeadLetterQueueUrl, `${command} retry`),
    await checkEmpty(sqs, 'ticks lost', outputs.TriggerDeadLetterQueueUrl, `${command} retry`),
  ];
}

function checkTicks(target: Target): Promise<Check> {
  const name = 'the last tick';
  return alone(name, async () => {
    const { dynamodb, outputs } = target;
    const state = createDispatchState({ client: dynamodb, tableName: outputs.DispatchStateTableName });
    try {
      const tick = await state.completedTick();
      if (tick === undefined)
        return ill(name, 'there was none yet', 'within a quarter of an hour after the first deploy there is');
      const age = (await target.now()) - tick;
      const detail = `${utcTime(tick)}, ${span(age)} ago`;
      return age > 2 * tickInterval
        ? ill(name, detail, 'see the dispatcher’s log and its rules')
        : well(name, detail);
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException)
        return ill(name, 'the table that keeps it is not there');
      throw thrown;
    }
  });
}

function checkRedrive(client: SQSClient, queueUrl: string, deadLetterUrl: string): Promise<Check> {
  const name = 'the export queue hands failures to its dead-letter queue';
  return alone(name, async () => {
    const policy = await attributeOf(client, queueUrl, 'RedrivePolicy');
    const arn = await attributeOf(client, deadLetterUrl, 'QueueArn');
    if (arn === undefined || policy === undefined)
      return ill(name, 'a queue, or the policy, is not there', 'deploy the stack again');
    return policy.includes(arn) ? well(name) : ill(name, 'it names another queue', 'deploy the stack again');
  });
}

function checkEmpty(client: SQSClient, name: string, queueUrl: string, remedy: string): Promise<Check> {
  return alone(name, async () => {
    const waiting = await attributeOf(client, queueUrl, 'ApproximateNumberOfMessages');
    if (waiting === undefined) return ill(name, 'the queue is not there', 'deploy the stack again');
    // What a "retry" looks at just now is in the queue all the same.
    const held = await attributeOf(client, queueUrl, 'ApproximateNumberOfMessagesNotVisible');
    const messages = Number(waiting) + Number(held);
    return messages === 0 ? well(name, 'none') : ill(name, counted(messages, 'message'), remedy);
  });
}

async function attributeOf(
  client: SQSClient,
  queueUrl: string,
  name: QueueAttributeName,
): Promise<string | undefined> {
  try {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [name] }),
    );
    return Attributes?.[name];
  } catch (thrown) {
    if (thrown instanceof QueueDoesNotExist) return undefined;
    throw thrown;
  }
}
