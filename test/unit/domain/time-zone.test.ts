import { describe, expect, it } from 'vitest';
import { offsetsOf } from '../../../lambdas/domain/time-zone.ts';

const minute = 60_000;

describe('offsetsOf', () => {
  it.each([
    ['UTC', '2026-11-22T00:00Z', 0],
    ['Europe/London', '2026-11-22T00:00Z', 0],
    ['Europe/London', '2026-07-01T00:00Z', 60],
    ['Asia/Kolkata', '2026-11-22T00:00Z', 330],
    ['Pacific/Chatham', '2026-11-22T00:00Z', 825],
    ['Pacific/Kiritimati', '2026-11-22T00:00Z', 840],
    ['America/St_Johns', '2026-11-22T00:00Z', -210],
    ['Etc/GMT+12', '2026-11-22T00:00Z', -720],
    ['Africa/Monrovia', '1971-06-01T00:00Z', -44.5],
  ])('%s at %s is %d minutes ahead of UTC', (timeZone, instant, minutes) => {
    expect(offsetsOf(timeZone)(Date.parse(instant))).toBe(minutes * minute);
  });

  it('refuses a zone that the runtime does not know, and what is no instant', () => {
    expect(() => offsetsOf('Mars/Olympus')).toThrow(RangeError);
    expect(() => offsetsOf('UTC')(Number.NaN)).toThrow(RangeError);
  });
});
