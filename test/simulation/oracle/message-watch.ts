import type { Item } from '../services/expressions.ts';
import type { Queue, QueuedMessage } from '../services/queue.ts';
import { boundaryAfter } from '../truth/boundaries.ts';
import type { World } from '../world/world.ts';
import { readCursorItem } from './cursor-item.ts';
import { type Invocation, isLeasedToAnother } from './invocation.ts';

/** A lease that was seen may end before the answer to the next call arrives. */
const longestCall = 10_000;

interface MessageWatchOptions {
  readonly world: World;
  readonly queue: () => Queue;
  readonly cursorOf: (accountId: string) => Item | undefined;
  readonly isContested: (accountId: string, invocation: Invocation) => boolean;
}

/** Watches messages: none may disappear before its work is done, reported or requested again. */
export function createMessageWatch({ world, queue, cursorOf, isContested }: MessageWatchOptions) {
  return {
    /** Checked at once: at the end of the run, the other run may have ended, too. */
    onPostponed(invocation: Invocation, messageId: string) {
      const content = invocation.messages.find(({ id }) => id === messageId)?.content;
      if (content && waits(invocation, content.accountId)) invocation.waiting.add(messageId);
    },
    onFailed(invocation: Invocation, { id, content }: QueuedMessage) {
      const { process, couldNotDeliver, waiting } = invocation;
      if (!content || couldNotDeliver || process.troubles() > 0 || waiting.has(id)) return;
      // Its failure could not be recorded, as another exporter has continued since.
      if (isContested(content.accountId, invocation)) return;
      world.violate('failed', `${process.name} failed, and nothing had happened to it`);
    },
    /** Called when a window is counted again: this must wait until the account is owed nothing. */
    onCount(invocation: Invocation, accountId: string) {
      const ticks = invocation.messages.flatMap(({ content }) =>
        content?.accountId === accountId ? [content.tick] : [],
      );
      if (!isContested(accountId, invocation) && isOwed(invocation, accountId, Math.min(...ticks)))
        world.violate('recount', `${accountId} is owed a window, and another is counted again`);
    },
    onDead(message: QueuedMessage) {
      if (message.content && !message.excused.every(Boolean))
        world.violate('dead-letter', `${message.body} was given up without a fault to blame`);
    },
    onDone(invocation: Invocation, message: QueuedMessage) {
      if (!message.content) return world.violate('message', `${message.body} is not ours and was taken`);
      const { accountId, tick } = message.content;
      const version = invocation.records.get(accountId);
      const cursor = cursorOf(accountId);
      const isEarly = invocation.process.now() < tick;
      if (version?.scheduled && !cursor && !isEarly && !queue().holdsOther(message, accountId, tick))
        world.violate('first-sight', `${accountId} was seen at ${iso(tick)} and has no cursor`);
      if (!invocation.records.has(accountId) || version?.record) check(invocation, message);
    },
  };

  /** True if another exporter of the account works now, or did when the run looked. */
  function waits(invocation: Invocation, accountId: string): boolean {
    const now = invocation.process.now() - longestCall;
    const item = cursorOf(accountId);
    const attempts = item ? readCursorItem(item).attempts : [];
    const isLeased = attempts.some(attempt => isLeasedToAnother(attempt, invocation, now));
    return isLeased || isContested(accountId, invocation);
  }

  function check(invocation: Invocation, message: QueuedMessage) {
    if (!message.content) return;
    const { accountId, tick } = message.content;
    if (invocation.reported.has(accountId)) return;
    if (queue().holdsOther(message, accountId, tick)) return;
    // The message that replaces it may already be processed.
    if (queue().wasSentBy(invocation.process, accountId, tick)) return;
    // Its decision was right when it read the cursor; another run has continued since.
    if (isContested(accountId, invocation)) return;
    if (isOwed(invocation, accountId, tick))
      world.violate(
        'message',
        `The message for ${accountId} at ${iso(tick)} is gone, and its windows are not delivered`,
      );
  }

  /** True if a window up to the tick is owed, according to the record that the run read. */
  function isOwed({ records }: Invocation, accountId: string, tick: number): boolean {
    const record = records.get(accountId)?.record;
    const item = cursorOf(accountId);
    if (!record || !item) return true;
    const { intent, through } = readCursorItem(item);
    const end = intent?.end ?? boundaryAfter(record.timeZone, through);
    if (end > tick || record.status === 'paused') return false;
    return record.addOnExpiresAt === undefined || end <= Date.parse(record.addOnExpiresAt);
  }
}

function iso(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16);
}
