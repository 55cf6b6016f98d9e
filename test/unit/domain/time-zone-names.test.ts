import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { timeZoneDataOfList, timeZoneNames } from '../../../lambdas/domain/time-zone-names.ts';

const require = createRequire(import.meta.url);
const database = require.resolve('tzdata');
const namesOfDatabase = Object.keys(JSON.parse(readFileSync(database, 'utf8')).zones);

function isKnownToRuntime(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

describe('timeZoneNames', () => {
  it('are of the version of the database that they say', () => {
    expect(timeZoneDataOfList).toBe(JSON.parse(readFileSync(database, 'utf8')).version);
  });

  it('are the names of the IANA database that the runtime knows, sorted', () => {
    expect(timeZoneNames).toEqual(namesOfDatabase.filter(isKnownToRuntime).sort());
  });

  it('include links as well as the names that they lead to', () => {
    expect(timeZoneNames).toEqual(
      expect.arrayContaining([
        'Asia/Kolkata',
        'Asia/Calcutta',
        'Europe/Kyiv',
        'Europe/Kiev',
        'UTC',
        'Etc/UTC',
      ]),
    );
  });

  it('include every name that the runtime itself lists', () => {
    const known = new Set(timeZoneNames);
    expect(Intl.supportedValuesOf('timeZone').filter(name => !known.has(name))).toEqual([]);
  });
});
