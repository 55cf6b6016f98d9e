import { expect, test } from 'vitest';
import { verifyAccount } from '../../../../../cli/commands/verify/verify-account.ts';
import type { Probe } from '../../../../../cli/stage/bucket/probe.ts';
import type { Step } from '../../../../../cli/stage/bucket/steps.ts';
import { type Answer, created, exists, refused, unclear } from '../../../../../lambdas/buckets/bucket.ts';
import { ExportError } from '../../../../../lambdas/domain/failure.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
  secretId: 'x',
};
const target = { command: 'siem-export', outputs: {} } as Parameters<typeof verifyAccount>[0]['target'];

/** The answers of a storage to each small object in turn, and to a large one that is only begun. */
interface Storage {
  readonly answers: readonly Answer[];
  /** Undefined if every request before the creating one succeeds; absent if no large object is begun. */
  readonly begun?: Answer | undefined;
}

/** The steps of writing. */
async function stepsOf(storage: Storage): Promise<Step[]> {
  const left = [...storage.answers];
  const begun = 'begun' in storage ? [storage.begun] : [];
  const probe: Probe = {
    readSecret: async () => '{}',
    parse: () => ({ type: 's3', accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
    open: async () => ({
      create: () => Promise.reject(new Error('only the probe writes')),
      close: () => undefined,
    }),
    create: async () => left.shift() ?? expect.fail('asked more often than expected'),
    begin: async () => (begun.length === 1 ? begun.pop() : expect.fail('begun unexpectedly')),
  };
  const steps: Step[] = [];
  const now = Date.parse('2026-11-22T00:00:00Z');
  for await (const step of verifyAccount({ record, now, target, probeOf: () => probe })) steps.push(step);
  expect([...left, ...begun]).toEqual([]);
  return steps;
}

const wrong = (steps: readonly Step[]) => steps.filter(({ outcome }) => outcome === 'wrong');
const words = 'PreconditionFailed: At least one of the pre-conditions you specified did not hold';

const there = exists(words);
const denied = refused(new ExportError('access_denied', 'not that one'));

test('a storage that writes the first object and refuses the second is right', async () => {
  const steps = await stepsOf({ answers: [created, there], begun: undefined });
  expect(steps.map(({ outcome }) => outcome)).toEqual(Array(steps.length).fill('right'));
  expect(steps.at(-2)?.detail).toContain('stays in the bucket');
});

test('a storage that has the object of an earlier time, and takes a new one up to its creation, is right', async () => {
  const steps = await stepsOf({ answers: [there], begun: undefined });
  expect(steps.map(({ outcome }) => outcome)).toEqual(Array(steps.length).fill('right'));
  expect(steps.at(-1)?.detail).toContain('the only one, however often');
});

test('a storage that says of a name just made up that an object has it is wrong', async () => {
  const [step, ...more] = wrong(await stepsOf({ answers: [there], begun: there }));
  expect(more).toEqual([]);
  expect(step?.name).toContain('an object may be created');
  expect(step?.detail).toContain(words);
  expect(step?.detail).toContain('nothing was written');
});

test('a storage that has the object of an earlier time, and takes no new one, is wrong', async () => {
  expect(wrong(await stepsOf({ answers: [there], begun: denied }))).toMatchObject([
    { detail: 'access_denied: not that one' },
  ]);
});

test('a storage that takes small objects only is wrong', async () => {
  expect(wrong(await stepsOf({ answers: [created, there], begun: denied }))).toMatchObject([
    { name: 'a file can also be uploaded in several requests', detail: 'access_denied: not that one' },
  ]);
});

test.each([refused, unclear])('a first answer of %o is wrong', async answer => {
  const failure = new ExportError('destination_unavailable', 'not now');
  expect(wrong(await stepsOf({ answers: [answer(failure)] }))).toMatchObject([
    { detail: 'destination_unavailable: not now' },
  ]);
});

test('a storage that writes the second object, too, ignores the condition', async () => {
  expect(wrong(await stepsOf({ answers: [created, created], begun: undefined }))).toMatchObject([
    { detail: 'the second one was written as well' },
  ]);
});

test('a second answer that tells nothing of the condition comes with its own remedy', async () => {
  const failure = new ExportError('network', 'The connection failed');
  const [step] = wrong(await stepsOf({ answers: [created, unclear(failure)], begun: undefined }));
  expect(step).toMatchObject({ detail: 'network: The connection failed' });
  expect(step?.remedy).not.toContain('ignores the condition');
});
