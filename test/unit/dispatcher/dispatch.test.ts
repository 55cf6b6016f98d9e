import { describe, expect, it } from 'vitest';
import {
  DispatchError,
  type DispatcherPorts,
  delaySeconds,
  dispatch,
} from '../../../lambdas/dispatcher/dispatch.ts';
import type { ExportMessage } from '../../../lambdas/domain/export-message.ts';

const at = (text: string) => Date.parse(text);

function startDispatcher(accounts: Record<string, string[]>, completed?: string) {
  const sent: ExportMessage[] = [];
  const asked: string[] = [];
  const pauses: number[] = [];
  let completedTick = completed === undefined ? undefined : at(completed);
  const ports: DispatcherPorts = {
    async *accountIdsIn(timeZone) {
      asked.push(timeZone);
      if (accounts[timeZone]) yield accounts[timeZone];
    },
    async send(messages) {
      sent.push(...messages);
      return [];
    },
    completedTick: async () => completedTick,
    completeTick: async tick => {
      completedTick = tick;
    },
    pause: async milliseconds => {
      pauses.push(milliseconds);
    },
  };
  return { ports, sent, asked, pauses, completed: () => completedTick };
}

const ids = (messages: readonly ExportMessage[]) => messages.map(({ accountId }) => accountId).toSorted();

describe('dispatch', () => {
  it('sends one message for each account whose zone crosses a boundary at the tick', async () => {
    const dispatcher = startDispatcher({
      'Asia/Kolkata': ['in'],
      'Asia/Calcutta': ['in-link'],
      UTC: ['utc'],
    });
    const tick = at('2026-11-22T18:30:00Z');
    await dispatch(tick, dispatcher.ports);
    expect(ids(dispatcher.sent)).toEqual(['in', 'in-link']);
    expect(dispatcher.sent.every(message => message.tick === tick)).toBe(true);
  });

  it('asks for no zone that has no boundary at the tick', async () => {
    const dispatcher = startDispatcher({});
    await dispatch(at('2026-11-22T18:15:00Z'), dispatcher.ports);
    expect(dispatcher.asked).toContain('Asia/Kathmandu');
    expect(dispatcher.asked).not.toContain('UTC');
  });

  it('makes up for missed ticks at the next one', async () => {
    const dispatcher = startDispatcher({ UTC: ['utc'], 'Asia/Kolkata': ['in'] }, '2026-11-22T11:45:00Z');
    await dispatch(at('2026-11-22T14:45:00Z'), dispatcher.ports);
    expect(ids(dispatcher.sent)).toEqual(['in', 'utc']);
  });

  it('sends nothing at a tick that is completed, or older than one that is', async () => {
    const dispatcher = startDispatcher({ UTC: ['utc'] }, '2026-11-22T12:00:00Z');
    await dispatch(at('2026-11-22T12:00:00Z'), dispatcher.ports);
    await dispatch(at('2026-11-22T08:00:00Z'), dispatcher.ports);
    expect(dispatcher.sent).toEqual([]);
    expect(dispatcher.completed()).toBe(at('2026-11-22T12:00:00Z'));
  });

  it('sends every account of several pages, in batches of at most ten', async () => {
    const all = Array.from({ length: 1234 }, (_, index) => `account-${index}`);
    const sizes: number[] = [];
    const { ports, sent } = startDispatcher({});
    await dispatch(at('2026-11-22T12:00:00Z'), {
      ...ports,
      async *accountIdsIn(timeZone) {
        if (timeZone === 'UTC')
          for (let first = 0; first < all.length; first += 100) yield all.slice(first, first + 100);
      },
      send: messages => {
        sizes.push(messages.length);
        return ports.send(messages);
      },
    });
    expect(ids(sent)).toEqual(all.toSorted());
    expect(Math.max(...sizes)).toBe(10);
  });

  it('sends again what the queue refused, and only that', async () => {
    const dispatcher = startDispatcher({ UTC: ['a', 'b', 'c'] });
    const refusals = [['b'], ['b'], []];
    const batches: string[][] = [];
    await dispatch(at('2026-11-22T12:00:00Z'), {
      ...dispatcher.ports,
      send: async messages => {
        batches.push(ids(messages));
        const refused = refusals.shift() ?? [];
        return messages.filter(({ accountId }) => refused.includes(accountId));
      },
    });
    expect(batches).toEqual([['a', 'b', 'c'], ['b'], ['b']]);
    expect(dispatcher.pauses).toHaveLength(2);
    expect(dispatcher.completed()).toBe(at('2026-11-22T12:00:00Z'));
  });

  it('fails, and leaves the tick incomplete, when the queue refuses to the end; the other batches are sent', async () => {
    const zone = Array.from({ length: 30 }, (_, index) => `account-${index}`);
    const dispatcher = startDispatcher({ UTC: zone });
    const failing = dispatch(at('2026-11-22T12:00:00Z'), {
      ...dispatcher.ports,
      send: messages =>
        messages.some(({ accountId }) => accountId === 'account-0')
          ? Promise.reject(new Error('throttled'))
          : dispatcher.ports.send(messages),
    });
    await expect(failing).rejects.toBeInstanceOf(DispatchError);
    expect(dispatcher.sent).toHaveLength(20);
    expect(dispatcher.completed()).toBeUndefined();
  });

  it('gives a tick up when the queue takes nothing at all, instead of trying every account in vain', async () => {
    const dispatcher = startDispatcher({ UTC: Array.from({ length: 100_000 }, (_, index) => `${index}`) });
    let attempts = 0;
    const failing = dispatch(at('2026-11-22T12:00:00Z'), {
      ...dispatcher.ports,
      send: async () => {
        attempts++;
        throw new Error('SQS is away');
      },
    });
    await expect(failing).rejects.toThrow(
      /^\d+ of \d+ messages could not be sent, the last ones all, .*; the next tick repeats them$/,
    );
    // Far fewer than ten thousand batches: a hundred failures show the problem, and some batches were already on
    // their way.
    expect(attempts).toBeLessThanOrEqual(150 * 5);
    expect(dispatcher.completed()).toBeUndefined();
  });

  it('does not give it up while the queue takes some batches', async () => {
    const zone = Array.from({ length: 30_000 }, (_, index) => `account-${index}`);
    const dispatcher = startDispatcher({ UTC: zone });
    const failing = dispatch(at('2026-11-22T12:00:00Z'), {
      ...dispatcher.ports,
      send: async messages => {
        if (messages.some(({ accountId }) => accountId.endsWith('00')))
          return dispatcher.ports.send(messages);
        throw new Error('throttled');
      },
    });
    await expect(failing).rejects.toThrow('27010 of 30000 messages could not be sent; the next tick repeats');
    expect(dispatcher.sent).toHaveLength(2990);
  });

  it('leaves the tick incomplete when the accounts of a zone cannot be read', async () => {
    const dispatcher = startDispatcher({ UTC: ['utc'] });
    const failing = dispatch(at('2026-11-22T12:00:00Z'), {
      ...dispatcher.ports,
      // biome-ignore lint/correctness/useYield: fails before its first page
      async *accountIdsIn() {
        throw new Error('DynamoDB is away');
      },
    });
    await expect(failing).rejects.toThrow('DynamoDB is away');
    expect(dispatcher.completed()).toBeUndefined();
  });
});

describe('delaySeconds', () => {
  const tick = at('2026-11-22T12:00:00Z');

  it('holds a message back until the settle time after its tick is over', () => {
    expect(delaySeconds(tick, 300, tick)).toBe(300);
    expect(delaySeconds(tick, 300, tick + 90_500)).toBe(210);
    expect(delaySeconds(tick, 300, tick + 3_600_000)).toBe(0);
  });

  it('never holds it back for longer than that, whatever the clock says', () => {
    expect(delaySeconds(tick, 300, tick - 60_000)).toBe(300);
  });

  it('holds it back for no longer than the queue can', () => {
    expect(delaySeconds(tick, 86_400, tick)).toBe(900);
    expect(delaySeconds(tick, 86_400, tick + 86_300_000)).toBe(100);
  });
});
