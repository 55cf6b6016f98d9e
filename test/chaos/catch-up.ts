import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { boundaryAtOrBefore } from '../../lambdas/domain/window.ts';
import { readLedger } from '../../local/delivery/ledger-reader.ts';
import type { ChaosServers } from './servers.ts';

/** A message that lost a race stays in the queue for a minute. */
const longestStandstill = 120_000;

/**
 * Waits until every account is exported up to the tick, or there is no more progress. The oracle then names the
 * accounts that are not.
 */
export async function waitUntilCaughtUp(servers: ChaosServers, lastTick: number): Promise<void> {
  const { accounts, aws, environment } = servers;
  const behind = new Set(accounts);
  let delivered = 0;
  let movedAt = performance.now();
  while (behind.size > 0 && performance.now() < movedAt + longestStandstill) {
    for (const account of behind) {
      const { cursor } = await readLedger(aws.dynamodb, environment.ledgerTable, account.accountId);
      if (cursor?.exportedThrough === boundaryAtOrBefore(account.timeZone, lastTick)) behind.delete(account);
    }
    if (aws.events.events.length > delivered) movedAt = performance.now();
    delivered = aws.events.events.length;
    await pause(250);
  }
}

/** Waits until no message is in progress or visible, at most a few seconds; postponed messages may remain. */
export async function waitUntilIdle({ aws, resources }: ChaosServers): Promise<void> {
  const giveUp = performance.now() + longestStandstill / 4;
  let left = 1;
  while (left > 0 && performance.now() < giveUp) {
    await pause(250);
    const { Attributes = {} } = await aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: resources.exportQueue.url, AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
    left = Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible);
  }
}
