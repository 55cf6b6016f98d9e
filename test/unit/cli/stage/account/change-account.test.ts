import { expect, test } from 'vitest';
import { createAnnouncer } from '../../../../../cli/stage/account/account-changes.ts';
import type { AccountRecord } from '../../../../../cli/stage/account/account-record.ts';
import { changeAccount } from '../../../../../cli/stage/account/change-account.ts';
import { checkRecord } from '../../../../../cli/stage/account/check-record.ts';

const record: AccountRecord = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
};
const secret = { name: 'siem-export/prod/acme', secret: 'new' };
const toJson = (present: AccountRecord, outcome?: string) => {
  const changed = { ...present, format: 'json' };
  return { record: changed, account: checkRecord(changed, outcome) };
};

/**
 * Stores in which others change the account, each time just before a change of ours is written. Events are seen, but none
 * can be sent.
 */
function contestedStores(...others: readonly (AccountRecord | undefined)[]) {
  const left = [...others];
  let standing: AccountRecord | undefined = record;
  let puts = 0;
  const events: object[] = [];
  const unused = () => Promise.reject(new Error('Not to be asked for'));
  return {
    state: () => ({ standing, puts, events }),
    announcer: createAnnouncer({
      async put(_type, detail) {
        events.push(detail);
        throw new Error('Denied');
      },
      readCaller: async () => 'eva',
      now: async () => 0,
    }),
    command: 'npx siem-export',
    records: {
      read: async () => standing,
      async change(before: AccountRecord, after: AccountRecord) {
        if (left.length > 0) standing = left.shift();
        if (standing !== before) return false;
        standing = after;
        return true;
      },
      readMany: unused,
      create: unused,
      setStatus: unused,
      removeIfStill: unused,
      remove: unused,
    },
    secrets: {
      prefix: 'siem-export/prod/',
      nameFor: () => secret.name,
      async put() {
        puts++;
        return 'replaced' as const;
      },
      remove: unused,
    },
  };
}

test('a change is made of the record as somebody else has just left it, and the secret is stored once', async () => {
  const theirs = { ...record, status: 'paused' };
  const stores = contestedStores(theirs);
  expect(await changeAccount(record, toJson, secret, stores)).toMatchObject({
    before: theirs,
    record: { ...theirs, format: 'json' },
  });
  expect(stores.state()).toEqual({
    standing: { ...theirs, format: 'json' },
    puts: 1,
    events: [expect.objectContaining({ change: 'changed', attributes: ['format', 'secret'] })],
  });
});

test.each([
  ['changed twice', [{ ...record, status: 'paused' }, record], '"acme" is being changed by others'],
  ['removed', [undefined], 'There is no account "acme"'],
  [
    'spoilt',
    [{ ...record, timeZone: 'Mars' }],
    'The account record is invalid; somebody else has just changed it:',
  ],
] as const)(
  'an account that others have %s is left to them, and what was written is said',
  async (_, others, why) => {
    const stores = contestedStores(...others);
    await expect(changeAccount(record, toJson, secret, stores)).rejects.toMatchObject({
      code: 'problem',
      message: expect.stringMatching(
        new RegExp(
          `^${why}[^]*\\nThe record was not changed by this command, but the secret ${secret.name} was$`,
        ),
      ),
      details: { secretWritten: secret.name },
    });
    expect(stores.state()).toMatchObject({ events: [{ change: 'changed', attributes: ['secret'] }] });
    expect(stores.state().standing).toEqual(others.at(-1));
  },
);

test('without a secret nothing was written, and nothing is said of one', async () => {
  const stores = contestedStores({ ...record, status: 'paused' }, record);
  await expect(changeAccount(record, toJson, undefined, stores)).rejects.toThrow(/: try again$/);
  expect(stores.state().events).toEqual([]);
});
