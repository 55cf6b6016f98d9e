import { failureCodes } from '../../../lambdas/domain/failure.ts';
import type { BusEvent } from '../services/event-bus.ts';
import type { World } from '../world/world.ts';
import type { Invocation } from './invocation.ts';
import type { LateRowWatch } from './late-row-watch.ts';

/** Watches the events: everything that customers have to know is reported, and nothing that is not true. */
export function createEventWatch(world: World, lateRows: LateRowWatch) {
  const delivered = new Set<string>();
  const redirected = new Set<string>();
  return {
    wasTold: (accountId: string, windowEnd: number, key: string | undefined) =>
      delivered.has(`${accountId} ${windowEnd} ${key}`),
    wasRedirected: (accountId: string, windowEnd: number, part: number) =>
      redirected.has(`${accountId} ${windowEnd} ${part}`),
    onEvent(invocation: Invocation | undefined, { type, detail }: BusEvent) {
      const accountId = String(detail.accountId);
      if (type === 'Export Delivered')
        delivered.add(`${accountId} ${Date.parse(String(detail.windowEnd))} ${detail.key}`);
      if (type === 'Export Redirected')
        redirected.add(`${accountId} ${Date.parse(String(detail.windowEnd))} ${detail.part}`);
      if (type === 'Rows Recorded Late' && invocation)
        lateRows.onTold(invocation, accountId, Date.parse(String(detail.windowEnd)), Number(detail.rows));
      if (type === 'Export Failed' && invocation) failed(invocation, accountId, String(detail.code));
    },
  };

  function failed(invocation: Invocation, accountId: string, code: string) {
    const known = Object.entries(failureCodes).find(([name]) => name === code)?.[1];
    if (!known) return world.violate('events', `The code ${code} is none of the closed set`);
    if (known.retryable) return;
    invocation.reported.set(accountId, code);
    const { records, refusals, existing } = invocation;
    if (code === 'account_invalid') {
      if (records.get(accountId)?.valid) world.violate('false-alarm', `The record of ${accountId} is valid`);
    } else if (code === 'object_exists') {
      if (!existing?.foreign)
        world.violate('false-alarm', `${accountId}: ${existing?.key} is our own object`);
    } else {
      const [before, last] = [
        undefined,
        ...refusals.filter(refusal => refusal.accountId === accountId && refusal.code === code),
      ].slice(-2);
      if (!last) world.violate('false-alarm', `Nobody refused ${accountId} with ${code}`);
      // Two rotations at once: a run reads the secret again only once.
      const wasReadAgain = before !== undefined && before.generation !== last?.generation;
      if (last?.wasStale && !wasReadAgain)
        world.violate('stale-secret', `${accountId}: the secret in store would have been accepted`);
    }
  }
}
