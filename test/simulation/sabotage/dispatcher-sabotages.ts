import type { Sabotage } from './sabotage.ts';

/** Faults in who is told to export, and in who looks whether they did. */
export const dispatcherSabotages: readonly Sabotage[] = [
  {
    name: 'tick from the clock',
    edits: [
      {
        file: 'dispatcher/dispatch.ts',
        text: 'const tick = Date.parse(event.time);',
        replacement: 'const tick = now;',
      },
    ],
  },
  {
    name: 'tick completed although messages failed',
    edits: [{ file: 'dispatcher/dispatch.ts', text: 'if (unsent > 0)', replacement: 'if (false)' }],
  },
  {
    name: 'missed ticks not made up for',
    edits: [
      {
        file: 'dispatcher/dispatch.ts',
        text: '(await ports.completedTick()) ?? tick - tickInterval',
        replacement: 'tick - tickInterval',
      },
    ],
  },
  {
    name: 'an older tick overwrites a newer one',
    edits: [
      {
        file: 'aws/dispatch-state.ts',
        text: 'OR completedTick < :tick',
        replacement: 'OR completedTick < :tick OR attribute_not_exists(nothing)',
      },
    ],
  },
  {
    name: 'only the first page of a zone',
    edits: [
      {
        file: 'dispatcher/dispatch.ts',
        text: 'for (const accountId of accountIds) {',
        replacement: 'for (const accountId of accountIds.slice(0, 1)) {',
      },
    ],
  },
  {
    name: 'a watchdog that waits for a day',
    edits: [
      {
        file: 'domain/lateness.ts',
        text: 'return since <= now ?',
        replacement: 'return since + 86_400_000 <= now ?',
      },
    ],
  },
  {
    name: 'a watchdog that knows no expiry',
    edits: [
      {
        file: 'domain/lateness.ts',
        text: 'return addOnExpiresAt === undefined || end <= addOnExpiresAt ? end : undefined;',
        replacement: 'return end;',
      },
    ],
  },
  {
    name: 'a watchdog that takes catching up for being behind',
    edits: [
      {
        file: 'domain/lateness.ts',
        text: 'Math.max(windowEnd + settle, lastProgress(cursor, now)) + patience',
        replacement: 'windowEnd + settle + patience',
      },
    ],
  },
];
