import { expect, test } from 'vitest';
import { createAnnouncer } from '../../../../../cli/stage/account/account-changes.ts';
import { CommandError } from '../../../../../cli/terminal/command-error.ts';

const now = async () => Date.UTC(2026, 10, 27);
const caller = async () => 'arn:aws:iam::111122223333:user/eva';

/** A record with a fault: its id of a bucket is a credential. */
const faulty = {
  accountId: 'acme',
  secretId: 'AKIA0123456789ABCDEF',
  destination: { bucket: 'wJalrXUtnFEMI' },
};

test('an event never holds a value of a record that has faults', async () => {
  const details: unknown[] = [];
  const put = async (_type: string, detail: object) => void details.push(detail);
  const attributes = ['destination', 'secretId'];
  await createAnnouncer({ put, caller, now })({
    accountId: 'acme',
    change: 'changed',
    attributes,
    before: faulty,
    after: faulty,
  });
  expect(details).toEqual([
    {
      accountId: 'acme',
      change: 'changed',
      attributes,
      changedBy: 'arn:aws:iam::111122223333:user/eva',
      changedAt: '2026-11-27T00:00:00.000Z',
    },
  ]);
});

test.each(['usage', 'unreachable'] as const)(
  'an event that cannot be sent (%s) fails the command, which says what is done',
  async code => {
    const put = () => Promise.reject(new CommandError(code, 'AWS refuses your identity'));
    const announce = createAnnouncer({ put, caller, now });
    await expect(announce({ accountId: 'acme', change: 'removed', attributes: [] })).rejects.toMatchObject({
      // "usage" would say that nothing was changed.
      code: code === 'usage' ? 'problem' : code,
      message: expect.stringMatching(
        /AWS refuses your identity\n.*acme.* is removed, but the event "Account Changed"/,
      ),
    });
  },
);
