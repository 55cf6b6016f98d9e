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
import { type Check, failing, ok, runCheck } from './check.ts';

const tickInterval = 15 * 60_000;

/**
 * Checks that ticks run, that the export queue has its dead-letter queue, and that the dead-letter queues are empty.
 */
export async function checkPipeline(target: Target): Promise<Check[]> {
  const { sqs, outputs, command } = target;
  return [
    await checkTicks(target),
    await checkRedrive(sqs, outputs.ExportQueueUrl, outputs.ExportDeadLetterQueueUrl),
    await checkEmpty(
      sqs,
      'the dead-letter queue of exports',
      outputs.ExportDeadLetterQueueUrl,
      `${command} retry`,
    ),
    await checkEmpty(
      sqs,
      'the dead-letter queue of triggers',
      outputs.TriggerDeadLetterQueueUrl,
      `${command} retry`,
    ),
  ];
}

function checkTicks(target: Target): Promise<Check> {
  const name = 'the last tick';
  return runCheck(name, async () => {
    const { dynamodb, outputs } = target;
    const state = createDispatchState({ client: dynamodb, tableName: outputs.DispatchStateTableName });
    try {
      const tick = await state.completedTick();
      if (tick === undefined)
        return failing(
          name,
          'there was none yet',
          'the first one comes within a quarter of an hour after the first deployment',
        );
      const age = (await target.now()) - tick;
      const detail = `${utcTime(tick)}, ${span(age)} ago`;
      return age > 2 * tickInterval
        ? failing(name, detail, 'see the dispatcher’s log and its rules')
        : ok(name, detail);
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException)
        return failing(name, 'the table that stores it does not exist');
      throw thrown;
    }
  });
}

function checkRedrive(client: SQSClient, queueUrl: string, deadLetterUrl: string): Promise<Check> {
  const name = 'the export queue hands failures to its dead-letter queue';
  return runCheck(name, async () => {
    const policy = await attributeOf(client, queueUrl, 'RedrivePolicy');
    const arn = await attributeOf(client, deadLetterUrl, 'QueueArn');
    if (arn === undefined || policy === undefined)
      return failing(name, 'a queue or the redrive policy is missing', 'deploy the stack again');
    return policy.includes(arn)
      ? ok(name)
      : failing(name, 'it names another queue', 'deploy the stack again');
  });
}

function checkEmpty(client: SQSClient, name: string, queueUrl: string, remedy: string): Promise<Check> {
  return runCheck(name, async () => {
    const waiting = await attributeOf(client, queueUrl, 'ApproximateNumberOfMessages');
    if (waiting === undefined) return failing(name, 'the queue does not exist', 'deploy the stack again');
    // Messages that a running "retry" holds are not visible, but they are still in the queue.
    const held = await attributeOf(client, queueUrl, 'ApproximateNumberOfMessagesNotVisible');
    const messages = Number(waiting) + Number(held);
    return messages === 0 ? ok(name, 'empty') : failing(name, counted(messages, 'message'), remedy);
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
