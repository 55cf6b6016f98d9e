import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { writeLine } from '../../../../../../cli/commands/account/import/write-line.ts';
import { createAnnouncer } from '../../../../../../cli/stage/account/account-changes.ts';
import type { AccountRecord } from '../../../../../../cli/stage/account/account-record.ts';
import { addWithSecret } from '../../../../../../cli/stage/account/claim.ts';
import { parseAccount } from '../../../../../../lambdas/domain/account.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
};
const theirs = { ...record, timeZone: 'Asia/Tokyo' };
const line = (present?: AccountRecord) => ({
  line: 1,
  account: parseAccount(record),
  record,
  secret: 'ours',
  present,
});

/**
 * Stores of one account. `onPut` happens when its secret is to be stored: what is seen, or done by others, just then.
 * Events are seen, but none can be sent.
 */
function memoryStores(
  present?: AccountRecord,
  onPut: (put: (record?: AccountRecord) => void, standing?: AccountRecord) => void = () => undefined,
) {
  let standing = present;
  let secret = 'theirs';
  const events: object[] = [];
  const put = (given?: AccountRecord) => {
    standing = given;
    return true;
  };
  const unused = () => Promise.reject(new Error('Not to be asked for'));
  return {
    state: () => ({ standing, secret }),
    events,
    announcer: createAnnouncer({
      async put(_type, detail) {
        events.push(detail);
        throw new Error('Denied');
      },
      readCaller: async () => 'eva',
      now: async () => 0,
    }),
    records: {
      read: async () => standing,
      create: async (given: AccountRecord) => standing === undefined && put(given),
      change: async (before: AccountRecord, after: AccountRecord) =>
        isDeepStrictEqual(standing, before) && put(after),
      removeIfStill: async (given: AccountRecord) => isDeepStrictEqual(standing, given) && put(),
      readMany: unused,
      setStatus: unused,
      remove: unused,
    },
    secrets: {
      nameFor: () => record.secretId,
      isAllowed: () => true,
      prefix: 'siem-export/prod/',
      async put(_name: string, given: string) {
        onPut(put, standing);
        secret = given;
        return 'replaced' as const;
      },
      remove: unused,
    },
  };
}

describe('a line of an import', () => {
  test('leaves an account that somebody has added since the check its record and its secret', async () => {
    const stores = memoryStores(theirs);
    await expect(writeLine(line(), stores)).rejects.toMatchObject({
      code: 'problem',
      message: expect.stringContaining('its record and its secret were not changed'),
    });
    expect(stores.state()).toEqual({ standing: theirs, secret: 'theirs' });
    expect(stores.events).toEqual([]);
  });

  test.each([
    ['changed', record],
    ['removed', undefined],
  ])(
    'leaves the record alone that somebody has %s since the check, and says so of the secret',
    async (_, now) => {
      const stores = memoryStores(now);
      await expect(writeLine(line(theirs), stores)).rejects.toMatchObject({
        code: 'problem',
        message: expect.stringContaining('the secret siem-export/prod/acme is already the one of this line'),
      });
      expect(stores.state().standing).toEqual(now);
      expect(stores.events).toMatchObject([{ change: 'changed', attributes: ['secret'] }]);
    },
  );

  test.each([
    [undefined, { change: 'added', attributes: [...Object.keys(record), 'secret'] }],
    [theirs, { change: 'changed', attributes: ['timeZone', 'secret'] }],
    [record, { change: 'changed', attributes: ['secret'] }],
  ])('over %o writes its secret and its record, and announces both', async (present, event) => {
    const stores = memoryStores(present);
    await writeLine(line(present), stores);
    expect(stores.state()).toEqual({ standing: record, secret: 'ours' });
    expect(stores.events).toMatchObject([event]);
  });
});

describe('an account that is added', () => {
  const attributes = Object.keys(record);
  const added = { change: 'added', attributes: [...attributes, 'secret'] };

  test('without a secret of its own is added by whoever adds the same, and each says so', async () => {
    const stores = memoryStores();
    expect(await addWithSecret(record, undefined, stores)).toBe(true);
    // As the SDK sees it that asks again after an answer was lost.
    expect(await addWithSecret(record, undefined, stores)).toBe(true);
    expect(await addWithSecret(theirs, undefined, stores)).toBe(false);
    expect(stores.state().standing).toEqual(record);
    expect(stores.events).toMatchObject([
      { change: 'added', attributes },
      { change: 'added', attributes },
    ]);
  });

  test('stands paused until its secret is stored', async () => {
    const seen: unknown[] = [];
    const stores = memoryStores(undefined, (_put, standing) => seen.push(standing));
    expect(await addWithSecret(record, 'ours', stores)).toBe(true);
    expect(seen).toEqual([{ ...record, status: 'paused' }]);
    expect(stores.state()).toEqual({ standing: record, secret: 'ours' });
    expect(stores.events).toMatchObject([added]);
  });

  test('is taken back if its secret cannot be stored', async () => {
    const stores = memoryStores(undefined, () => {
      throw new Error('Too many secrets');
    });
    await expect(addWithSecret(record, 'ours', stores)).rejects.toThrow(
      'Too many secrets; the secret could not be stored, so the account is not added',
    );
    expect(stores.state()).toEqual({ standing: undefined, secret: 'theirs' });
    expect(stores.events).toEqual([]);
  });

  test('is not taken back if it is another’s by then', async () => {
    const stores = memoryStores(undefined, put => {
      put(theirs);
      throw new Error('Too many secrets');
    });
    await expect(addWithSecret(record, 'ours', stores)).rejects.toThrow('its record was not changed');
    expect(stores.state()).toEqual({ standing: theirs, secret: 'theirs' });
    expect(stores.events).toMatchObject([{ change: 'added', attributes }]);
  });

  test('is announced without its secret if it could neither be stored nor the account be taken back', async () => {
    const stores = memoryStores(undefined, () => {
      throw new Error('Too many secrets');
    });
    const broken = { ...stores.records, removeIfStill: () => Promise.reject(new Error('Throttled')) };
    await expect(addWithSecret(record, 'ours', { ...stores, records: broken })).rejects.toThrow(
      'the account could not be removed: it is paused and has no secret',
    );
    expect(stores.events).toMatchObject([{ change: 'added', attributes }]);
  });

  test('says that it stays paused, if it cannot be made active', async () => {
    const stores = memoryStores();
    const broken = { ...stores.records, change: () => Promise.reject(new Error('Throttled')) };
    await expect(addWithSecret(record, 'ours', { ...stores, records: broken })).rejects.toThrow(
      'the account and its secret are stored, but it is still paused',
    );
    expect(stores.state()).toEqual({ standing: { ...record, status: 'paused' }, secret: 'ours' });
    expect(stores.events).toMatchObject([added]);
  });

  test('stays as somebody has made it before it was active', async () => {
    const stores = memoryStores(undefined, put => put(theirs));
    await expect(addWithSecret(record, 'ours', stores)).rejects.toMatchObject({
      code: 'problem',
      message: expect.stringContaining('its secret is stored, and its record was not changed'),
    });
    expect(stores.state().standing).toEqual(theirs);
    expect(stores.events).toMatchObject([added]);
  });
});
