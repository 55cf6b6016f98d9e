import { describe, expect, it } from 'vitest';
import { parseAccount } from '../../../lambdas/domain/account.ts';
import type { Attempt, Cursor, Intent } from '../../../lambdas/domain/cursor.ts';
import { nextStep } from '../../../lambdas/domain/plan.ts';
import { recipeOf } from '../../../lambdas/domain/recipe.ts';

const account = parseAccount({
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/acme',
});
const window = { start: Date.UTC(2026, 10, 22, 4), end: Date.UTC(2026, 10, 22, 8) };
const limits = { partBytes: 64_000, level: 4, mapping: 'm1' };
const intent: Intent = { window, part: 2, after: 'row', recipe: recipeOf(account, limits) };

/** A cursor after a failure; that a file once took too long is remembered, whatever failed later. */
function cursorAfter(
  failed: 'in time' | 'out of time',
  { attempts = [], partBytes = limits.partBytes }: { attempts?: Cursor['attempts']; partBytes?: number } = {},
): Cursor {
  return {
    exportedThrough: window.start,
    version: 3,
    lastWrite: 'failed',
    intent: { ...intent, recipe: { ...intent.recipe, partBytes } },
    attempts,
    failures: 1,
    lastError: { code: 'no_answer', message: '', at: window.end },
    tooLargeBytes: failed === 'out of time' ? partBytes : undefined,
  };
}

const planned = (cursor: Cursor, partBytes = limits.partBytes) => {
  const step = nextStep(account, cursor, { tick: window.end, now: window.end }, { ...limits, partBytes });
  return step.kind === 'deliver' ? step.intent : expect.fail(step.kind);
};

describe('a file that was begun', () => {
  it('is planned as it was', () => {
    const cursor = cursorAfter('in time');
    expect(planned(cursor)).toBe(cursor.intent);
  });

  it('is halved after it ran out of time, and else the same', () => {
    const { recipe, ...rest } = planned(cursorAfter('out of time'));
    expect(recipe).toEqual({ ...intent.recipe, partBytes: 32_000 });
    expect(rest).toEqual({ window, part: 2, after: 'row' });
  });

  it('is halved to a 64th of the usual size, and no further', () => {
    expect(planned(cursorAfter('out of time', { partBytes: 1500 })).recipe.partBytes).toBe(1000);
    const least = cursorAfter('out of time', { partBytes: 1000 });
    expect(planned(least)).toBe(least.intent);
    const smaller = cursorAfter('out of time', { partBytes: 900 });
    expect(planned(smaller)).toBe(smaller.intent);
  });

  it('in OCSF is halved from its own usual size, and made with the present mapping', () => {
    const inOcsf = { ...account, format: 'ocsf' } as const;
    const large = { ...limits, partBytes: 1024 ** 3 };
    const usual = 128 * 1024 * 1024;
    const recipe = recipeOf(inOcsf, large);
    expect(recipe).toMatchObject({ partBytes: usual, mapping: 'm1' });
    const cursor = { ...cursorAfter('out of time', { partBytes: usual }), intent: { ...intent, recipe } };
    const at = { tick: window.end, now: window.end };
    expect(nextStep(inOcsf, cursor, at, { ...large, mapping: 'm2' })).toMatchObject({
      intent: { recipe: { partBytes: usual / 2, mapping: 'm2' } },
    });
  });

  it('follows a smaller size that is deployed, and no larger one', () => {
    expect(planned(cursorAfter('in time'), 10_000).recipe.partBytes).toBe(10_000);
    const cursor = cursorAfter('in time');
    expect(planned(cursor, 1_000_000)).toBe(cursor.intent);
  });

  it('keeps its size once somebody may have created it', () => {
    const cursor = cursorAfter('out of time', { attempts: [leftover('creating')] });
    expect(planned(cursor, 10_000)).toBe(cursor.intent);
  });

  it('has the size of what may have been created where it goes, and is cut shorter elsewhere', () => {
    const elsewhere = { ...leftover('creating'), place: 's3://other', partBytes: 10_000 };
    expect(planned(cursorAfter('out of time', { attempts: [elsewhere] })).recipe.partBytes).toBe(32_000);
    const here = cursorAfter('out of time', { attempts: [leftover('creating')], partBytes: 32_000 });
    expect(planned(here).recipe.partBytes).toBe(limits.partBytes);
  });

  it('is halved when an attempt was killed while it staged: nothing else tells that it took too long', () => {
    const killed = cursorAfter('in time', { attempts: [{ ...leftover('staging'), lease }] });
    expect(planned(killed).recipe.partBytes).toBe(32_000);
    expect(planned(killed, 10_000).recipe.partBytes).toBe(10_000);
    const alive = { ...leftover('staging'), lease: { ...lease, until: window.end + 1 } };
    const atWork = cursorAfter('in time', { attempts: [alive] });
    expect(planned(atWork)).toBe(atWork.intent);
    const both = cursorAfter('in time', { attempts: [leftover('staging'), leftover('creating')] });
    expect(planned(both)).toBe(both.intent);
  });

  it('keeps its size when an attempt failed for another reason than its time', () => {
    const failed = cursorAfter('in time', { attempts: [leftover('staging')] });
    expect(planned(failed)).toBe(failed.intent);
  });
});

/** The lease of a crashed exporter: one that ends normally gives up its lease. */
const lease = { messageId: 'message-1', until: window.end };

function leftover(step: Attempt['step']): Attempt {
  return {
    token: String(step),
    place: 'gcs://acme-audit',
    partBytes: limits.partBytes,
    startedAt: window.end,
    step,
  };
}
