import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { writeLine } from '../../../../../../cli/commands/account/import/write-line.ts';
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

/** Stores of one account. `onPut` happens when its secret is to be stored: what is seen, or done by others, just then. */
function memoryStores(
  present?: AccountRecord,
  onPut: (put: (record?: AccountRecord) => void, standing?: AccountRecord) => void = () => undefined,
) {
  let standing = present;
  let secret = 'theirs';
  const put = (given?: AccountRecord) => {
    standing = given;
    return true;
  };
  const unused = () => Promise.reject(new Error('Not to be asked for'));
  return {
    state: () => ({ standing, secret }),
    records: {
      read: unused,
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
      async put(_accountId: string, given: { readonly secret: string }) {
        onPut(put, standing);
        secret = given.secret;
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
      message: expect.stringContaining('its record and its secret are left as they are'),
    });
    expect(stores.state()).toEqual({ standing: theirs, secret: 'theirs' });
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
        message: expect.stringContaining('the secret siem-export/prod/acme is already that of this line'),
      });
      expect(stores.state().standing).toEqual(now);
    },
  );

  test.each([[undefined], [theirs], [record]])('over %o writes its secret and its record', async present => {
    const stores = memoryStores(present);
    await writeLine(line(present), stores);
    expect(stores.state()).toEqual({ standing: record, secret: 'ours' });
  });
});

describe('an account that is added', () => {
  test('stands paused until its secret is stored', async () => {
    const seen: unknown[] = [];
    const stores = memoryStores(undefined, (_put, standing) => seen.push(standing));
    expect(await addWithSecret(record, 'ours', stores)).toBe(true);
    expect(seen).toEqual([{ ...record, status: 'paused' }]);
    expect(stores.state()).toEqual({ standing: record, secret: 'ours' });
  });

  test('is taken back if its secret cannot be stored', async () => {
    const stores = memoryStores(undefined, () => {
      throw new Error('Too many secrets');
    });
    await expect(addWithSecret(record, 'ours', stores)).rejects.toThrow(
      'Too many secrets; the secret could not be stored, so the account is not added',
    );
    expect(stores.state()).toEqual({ standing: undefined, secret: 'theirs' });
  });

  test('is not taken back if it is another’s by then', async () => {
    const stores = memoryStores(undefined, put => {
      put(theirs);
      throw new Error('Too many secrets');
    });
    await expect(addWithSecret(record, 'ours', stores)).rejects.toThrow('its record is as they left it');
    expect(stores.state()).toEqual({ standing: theirs, secret: 'theirs' });
  });

  test('says that it stays paused, if it cannot be made active', async () => {
    const stores = memoryStores();
    const broken = { ...stores.records, change: () => Promise.reject(new Error('Throttled')) };
    await expect(addWithSecret(record, 'ours', { ...stores, records: broken })).rejects.toThrow(
      'the account and its secret are stored, but it stays paused',
    );
    expect(stores.state()).toEqual({ standing: { ...record, status: 'paused' }, secret: 'ours' });
  });

  test('stays as somebody has made it before it was active', async () => {
    const stores = memoryStores(undefined, put => put(theirs));
    await expect(addWithSecret(record, 'ours', stores)).rejects.toMatchObject({
      code: 'problem',
      message: expect.stringContaining('its secret is stored, its record is as they left it'),
    });
    expect(stores.state().standing).toEqual(theirs);
  });
});
