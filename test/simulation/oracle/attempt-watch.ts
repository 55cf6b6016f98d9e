import type { World } from '../world/world.ts';
import { type AttemptItem, type CursorItem, canHaveCreated, type IntentItem } from './cursor-item.ts';
import { type Invocation, isLeasedToAnother } from './invocation.ts';

/** Attempts must not accumulate in the cursor while a destination is down. */
const mostAttemptsAtPlace = 25;
/** From this number on, the oldest one may be removed for a new one. */
const enoughAtPlace = 20;
/** The longest invocation, plus the difference of two clocks. */
const longestLease = 15 * 60_000 + 10_000;
const steps: readonly (string | undefined)[] = ['staging', 'creating'];

/** Watches the attempts in a cursor: who adds one, what is known about its outcome, and who removes one. */
export function createAttemptWatch(world: World) {
  /** Attempts that could have created an object until they were removed or known to stage only. */
  const pastWriters = new Map<string, { readonly at: number; readonly attempt: AttemptItem }[]>();

  return {
    /**
     * Called for every change that does not move the cursor; returns true if an attempt that only staged was removed.
     */
    onChange(accountId: string, before: CursorItem, after: CursorItem, invocation: Invocation): boolean {
      const added = after.attempts.filter(({ token }) => !find(before, token));
      const gone = before.attempts.filter(({ token }) => !find(after, token));
      const cleared = before.attempts.filter(attempt => {
        const now = find(after, attempt.token);
        return canHaveCreated(attempt) && !(now && canHaveCreated(now));
      });
      pastWriters.set(accountId, [
        ...(pastWriters.get(accountId) ?? []),
        ...cleared.map(attempt => ({ at: world.now(), attempt })),
      ]);
      for (const attempt of added) begun(accountId, attempt, before, after, invocation);
      const mine = find(after, currentToken(invocation));
      // A begin whose effect came late may be that of a message before the present one.
      const atBegin = mine !== undefined || added.some(({ token }) => invocation.tokens.has(token));
      for (const attempt of gone) struckOut(accountId, attempt, before, atBegin, invocation);
      for (const attempt of after.attempts)
        wentOn(accountId, find(before, attempt.token), attempt, invocation);
      if (after.failures > before.failures && mine && mine.leasedUntil > 0)
        world.violate('lease', `${accountId}: an attempt that failed still holds its lease`);
      // Begun once more under the same token, if the answer to the first time was lost.
      return atBegin && gone.some(attempt => !canHaveCreated(attempt));
    },

    /**
     * True if the object that the run found can be the account’s own: the attempt itself left it unclear, or another
     * attempt at the same place and of the same size could have created it when the run found the object, whatever
     * became known later.
     */
    couldBeOurs(accountId: string, { attempts }: CursorItem, intent: IntentItem, invocation: Invocation) {
      const mine = currentToken(invocation);
      if (invocation.unclear.has(mine)) return true;
      const since = (pastWriters.get(accountId) ?? []).filter(({ at }) => at >= invocation.existingAt);
      return [...attempts, ...since.map(({ attempt }) => attempt)].some(
        other =>
          other.token !== mine &&
          other.place === intent.place &&
          other.partBytes === intent.partBytes &&
          canHaveCreated(other),
      );
    },
  };

  function begun(
    accountId: string,
    { token, place, partBytes, leasedUntil, step }: AttemptItem,
    before: CursorItem,
    { intent, attempts }: CursorItem,
    invocation: Invocation,
  ) {
    const { tokens, process } = invocation;
    if (
      !tokens.has(token) ||
      place !== intent?.place ||
      partBytes !== intent.partBytes ||
      !steps.includes(step)
    )
      world.violate('attempts', `${accountId} notes an attempt that is not its own, or not at its intent`);
    if (leasedUntil <= process.now() || leasedUntil > process.now() + longestLease)
      world.violate('lease', `${accountId}: a lease until ${new Date(leasedUntil).toISOString()}`);
    const holder = before.attempts.find(other => isLeasedToAnother(other, invocation, process.now()));
    if (holder && !process.met('overlooked-lease'))
      world.violate('lease', `${accountId} begins while ${holder.token} is at work`);
    const here = attempts.filter(other => other.place === place).length;
    if (here > mostAttemptsAtPlace)
      world.violate('bounded', `The cursor of ${accountId} holds ${here} attempts at one place`);
  }

  function struckOut(
    accountId: string,
    attempt: AttemptItem,
    before: CursorItem,
    atBegin: boolean,
    { tokens, unclear }: Invocation,
  ) {
    const { token, place } = attempt;
    if (tokens.has(token)) {
      if (unclear.has(token))
        world.violate('attempts', `${accountId} strikes out ${token}, which may have created its object`);
      return;
    }
    const here = before.attempts.filter(other => other.place === place).length;
    const mayBeForgotten = here >= enoughAtPlace || !canHaveCreated(attempt);
    if (!atBegin || !mayBeForgotten)
      world.violate('attempts', `${accountId} strikes out ${token}, whose outcome nobody knows`);
  }

  function wentOn(
    accountId: string,
    before: AttemptItem | undefined,
    after: AttemptItem,
    { tokens }: Invocation,
  ) {
    // Begun once more under the same token, since the answer to the first time was lost.
    if (tokens.has(after.token)) return;
    if (before && steps.indexOf(before.step) > steps.indexOf(after.step))
      world.violate(
        'attempts',
        `${accountId}: ${after.token} goes back from ${before.step} to ${after.step}`,
      );
  }
}

/** The token of the run’s present or last attempt. */
export function currentToken({ tokens }: Invocation): string {
  return [...tokens].at(-1) ?? '';
}

function find({ attempts }: CursorItem, token: string): AttemptItem | undefined {
  return attempts.find(attempt => attempt.token === token);
}
