import { describe, expect, it } from 'vitest';
import type { Sightings } from '../../../lambdas/watchdog/ports.ts';
import type { NewestKeys } from '../../../lambdas/watchdog/sample-keys.ts';
import { type WatchTelemetry, watch } from '../../../lambdas/watchdog/watch.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-22T15:40:00Z');
const record = (accountId: string, timeZone = 'UTC') => ({
  accountId,
  timeZone,
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/acme',
});

const ports = {
  async *records() {
    yield [record('acme'), record('globex'), record('initech', 'Mars/Olympus')];
  },
  cursors: async () => new Map(),
};

/** Records the reports in order. */
function listen() {
  const told: unknown[] = [];
  const telemetry: WatchTelemetry = {
    surveyed: ({ accounts, invalid, behind }) => told.push({ accounts, invalid: invalid.length, behind }),
    neverExported: accountIds => told.push({ neverExported: accountIds }),
    keysSampled: ({ sampled, unreadable }) => told.push({ sampled, unreadable }),
    keysNotSampled: cause => told.push({ notSampled: String(cause) }),
  };
  return { told, telemetry };
}

const surveyed = { accounts: 3, invalid: 1, behind: [] };
const sampled = { sampled: 2, unreadable: [{ accountId: 'globex', form: 'seconds since 1970 as text' }] };
const keys: NewestKeys = {
  type: 'iso',
  newestKey: async accountId => (accountId === 'acme' ? '2026-11-22T15:00:00.000Z#1' : '1795334399'),
};
const look = (sightings: Sightings, telemetry: WatchTelemetry, own = keys) =>
  watch({ now, settle: 0, ports, sightings, keys: own, telemetry });

describe('a round of the watchdog', () => {
  it('tells what the survey found, and of those never exported the ones that waited too long', async () => {
    const { told, telemetry } = listen();
    const since = new Map([
      ['acme', now - 8 * hour],
      ['globex', now],
    ]);
    await look({ note: async () => since }, telemetry);
    expect(told).toEqual([surveyed, sampled, { neverExported: ['acme'] }]);
  });

  it('has told what the survey found before it writes: it may be out of time then', async () => {
    const { told, telemetry } = listen();
    await new Promise<void>(onNote => {
      const outOfTime = new Promise<never>(() => undefined);
      const note = () => {
        onNote();
        return outOfTime;
      };
      void look({ note }, telemetry);
    });
    expect(told).toEqual([surveyed, sampled]);
  });

  it('counts all that wait as overdue when its memory fails, and fails with it', async () => {
    const { told, telemetry } = listen();
    const note = () => Promise.reject(new Error('throttled'));
    await expect(look({ note }, telemetry)).rejects.toThrow('throttled');
    expect(told).toEqual([surveyed, sampled, { neverExported: ['acme', 'globex'] }]);
  });

  it('goes on where the audit log is closed to it', async () => {
    const { told, telemetry } = listen();
    const closed: NewestKeys = { type: 'iso', newestKey: () => Promise.reject(new Error('denied')) };
    await look({ note: async () => new Map() }, telemetry, closed);
    expect(told).toEqual([surveyed, { notSampled: 'Error: denied' }, { neverExported: [] }]);
  });
});
