import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { parseMessage } from '../../../lambdas/domain/export-message.ts';
import type { Process, ServiceErrors } from '../world/process.ts';
import { UnsupportedCallError } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { simulatedClient } from './simulated-client.ts';

/** The stack’s settings. */
const visibilityTimeout = 20 * 60_000;
const mostReceives = 8;
const longestDelay = 900;

export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  /** Undefined for a foreign message. */
  readonly content: { readonly accountId: string; readonly tick: number } | undefined;
  visibleAt: number;
  receiveCount: number;
  state: 'queued' | 'deleted' | 'dead';
  /** For each receive, whether there was a reason not to complete it. */
  readonly excused: boolean[];
}

export interface Queue {
  client(process: Process): SQSClient;
  send(body: string, delaySeconds: number): QueuedMessage;
  delete(message: QueuedMessage): void;
  /** True if another message requests an export of the account up to the tick or later. */
  holdsOther(message: QueuedMessage, accountId: string, tick: number): boolean;
  /** True if the process sent such a message itself. */
  wasSentBy(process: Process, accountId: string, tick: number): boolean;
  /** True if a message for the account and this tick or a later one was ever received. */
  tookFor(accountId: string, tick: number): boolean;
  readonly dead: readonly QueuedMessage[];
}

const errors: ServiceErrors = {
  throttled: () => Object.assign(new Error('Slow down'), { name: 'RequestThrottled' }),
  unavailable: () => Object.assign(new Error('Try again'), { name: 'ServiceUnavailable' }),
};

/**
 * SQS: at-least-once delivery in any order, with visibility timeout and dead-letter queue. Listeners are called
 * before a message is postponed.
 */
export function createQueue(
  world: World,
  receive: (message: QueuedMessage) => void,
  onDead: (message: QueuedMessage) => void,
  onPostponed: (process: Process, messageId: string) => void = () => undefined,
): Queue {
  const chance = world.random('queue');
  const all = new Map<string, QueuedMessage>();
  const latest = new Map<string, number>();
  const dead: QueuedMessage[] = [];
  const sentBy = new Map<Process, readonly QueuedMessage[]>();
  let lastReceived = 0;
  let duplicates = 0;
  let sent = 0;

  const queue: Queue = {
    client: process =>
      simulatedClient(SQSClient.prototype, command =>
        process.call('sqs', nameOf(command), errors, () => perform(process, command)),
      ),
    send(body, delaySeconds) {
      if (delaySeconds < 0 || delaySeconds > longestDelay || !Number.isInteger(delaySeconds))
        throw new UnsupportedCallError(`SQS takes no delay of ${delaySeconds} s`);
      const content = contentOf(body);
      const message: QueuedMessage = {
        id: `message-${sent++}`,
        body,
        content,
        visibleAt: world.now() + delaySeconds * 1000,
        receiveCount: 0,
        state: 'queued',
        excused: [],
      };
      all.set(message.id, message);
      if (content) latest.set(content.accountId, Math.max(latest.get(content.accountId) ?? 0, content.tick));
      offer(message);
      return message;
    },
    delete(message) {
      message.state = 'deleted';
      all.delete(message.id);
    },
    holdsOther: (message, accountId, tick) =>
      [...all.values()].some(
        other => other !== message && other.content?.accountId === accountId && other.content.tick >= tick,
      ),
    wasSentBy: (process, accountId, tick) =>
      (sentBy.get(process) ?? []).some(
        ({ content }) => content?.accountId === accountId && content.tick >= tick,
      ),
    tookFor: (accountId, tick) => (latest.get(accountId) ?? 0) >= tick,
    dead,
  };
  return queue;

  /** Delivers the message when it is visible, and again after each visibility timeout. */
  function offer(message: QueuedMessage): void {
    let wait = chance.integer(5, 1500);
    if (world.faulty() && world.enables('delayed-message') && chance.chance(0.02)) {
      world.inject('delayed-message');
      wait += chance.integer(60_000, 5_400_000);
    }
    const due = message.visibleAt;
    const number = Number(message.id.slice('message-'.length));
    world.wake(due + wait, () => {
      if (message.state !== 'queued') return;
      if (message.visibleAt !== due) return;
      if (message.receiveCount >= mostReceives) {
        message.state = 'dead';
        all.delete(message.id);
        dead.push(message);
        onDead(message);
        return;
      }
      if (number < lastReceived && world.enables('reordered-message')) world.inject('reordered-message');
      lastReceived = Math.max(lastReceived, number);
      message.receiveCount++;
      message.visibleAt = world.now() + visibilityTimeout;
      offer(message);
      receive(message);
      // Far more often than SQS. The rate falls, because messages that are queued again and again would otherwise
      // multiply without end.
      const rate = duplicates < 40 ? 0.03 : 0.001;
      if (world.faulty() && world.enables('duplicate-message') && chance.chance(rate)) {
        world.inject('duplicate-message');
        duplicates++;
        // Often at the same time, so that both exporters see the same cursor.
        const apart = chance.chance(0.5) ? chance.integer(0, 15) : chance.integer(0, 60_000);
        world.wake(world.now() + apart, () => receive(message));
      }
    });
  }

  function perform(process: Process, command: object): unknown {
    if (command instanceof SendMessageCommand) {
      const message = queue.send(command.input.MessageBody ?? '', command.input.DelaySeconds ?? 0);
      sentBy.set(process, [...(sentBy.get(process) ?? []), message]);
      return {};
    }
    if (command instanceof SendMessageBatchCommand) {
      const entries = command.input.Entries ?? [];
      if (entries.length < 1 || entries.length > 10)
        throw new UnsupportedCallError(`SQS takes no batch of ${entries.length}`);
      const refused = entries.filter(() => refuses(process));
      for (const entry of entries)
        if (!refused.includes(entry)) queue.send(entry.MessageBody ?? '', entry.DelaySeconds ?? 0);
      return {
        Successful: entries.filter(entry => !refused.includes(entry)).map(({ Id }) => ({ Id })),
        Failed: refused.map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })),
      };
    }
    if (command instanceof ChangeMessageVisibilityCommand) {
      const { ReceiptHandle = '' } = command.input;
      onPostponed(process, ReceiptHandle);
      const message = all.get(ReceiptHandle);
      if (!message) throw Object.assign(new Error('Gone'), { name: 'ReceiptHandleIsInvalid' });
      message.visibleAt = world.now() + (command.input.VisibilityTimeout ?? 0) * 1000;
      offer(message);
      return {};
    }
    throw new UnsupportedCallError(`The simulated SQS does not know ${command.constructor.name}`);
  }

  function refuses(process: Process): boolean {
    if (!world.faulty() || !world.enables('refused-message') || !chance.chance(0.08)) return false;
    process.trouble('refused-message');
    return true;
  }
}

function contentOf(body: string): QueuedMessage['content'] {
  try {
    return parseMessage(body);
  } catch {
    return undefined;
  }
}

function nameOf(command: object): string {
  const { input } = command as { input: { MessageBody?: string; Entries?: { MessageBody?: string }[] } };
  const bodies = input.Entries?.map(entry => entry.MessageBody).join(' ') ?? input.MessageBody ?? '';
  return `${command.constructor.name} ${bodies}`;
}
