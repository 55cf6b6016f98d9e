import { expect, test } from 'vitest';
import type { AccountRecord } from '../../../cli/account/record-store.ts';
import { type LineToWrite, writeLine } from '../../../cli/account/write-line.ts';
import { parseAccount } from '../../../lambdas/domain/account.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
};
const line = (work: LineToWrite['work']): LineToWrite => ({
  line: 1,
  account: parseAccount(record),
  record,
  secret: 'ours',
  work,
});
const theirs = { ...record, timeZone: 'Asia/Tokyo' };

/** Stores of one account. `onRead` happens after a record is read: what somebody else does just then. */
function memoryStores(present?: AccountRecord, onRead?: (put: (record: AccountRecord) => void) => void) {
  let standing = present;
  let secret = 'theirs';
  const put = (given: AccountRecord) => {
    standing = given;
    return true;
  };
  const unused = () => Promise.reject(new Error('Not to be asked for'));
  return {
    state: () => ({ standing, secret }),
    command: 'npx siem-export',
    records: {
      async read() {
        const read = standing;
        onRead?.(put);
        return read;
      },
      create: async (given: AccountRecord) => standing === undefined && put(given),
      replace: async (given: AccountRecord) => standing !== undefined && put(given),
      readMany: unused,
      setStatus: unused,
      remove: unused,
    },
    secrets: {
      nameFor: () => record.secretId,
      async put(_name: string, given: string) {
        secret = given;
        return 'replaced' as const;
      },
      remove: unused,
    },
  };
}

test('an account that somebody has added since the check keeps its record and its secret', async () => {
  const stores = memoryStores(theirs);
  await expect(writeLine(line('add'), stores)).rejects.toMatchObject({
    code: 'problem',
    message: expect.stringContaining('its record and its secret are left as they are'),
  });
  expect(stores.state()).toEqual({ standing: theirs, secret: 'theirs' });
});

test('an account that somebody adds in the very moment keeps its record', async () => {
  const stores = memoryStores(undefined, put => put(theirs));
  await expect(writeLine(line('add'), stores)).rejects.toMatchObject({
    code: 'problem',
    message: expect.stringContaining('the secret siem-export/prod/acme is now that of this line'),
  });
  expect(stores.state().standing).toEqual(theirs);
});

test.each([
  ['add', undefined, record],
  ['replace', theirs, record],
  // Removed since the check.
  ['replace', undefined, record],
  ['rotate', theirs, theirs],
] as const)(
  'with the work to %s and %o there, the secret is written and %o stands then',
  async (work, present, then) => {
    const stores = memoryStores(present);
    await writeLine(line(work), stores);
    expect(stores.state()).toEqual({ standing: then, secret: 'ours' });
  },
);
