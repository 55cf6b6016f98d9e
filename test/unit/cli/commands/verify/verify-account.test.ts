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

/** The steps of writing, on a storage that gives these answers one after the other. */
async function stepsOf(...answers: readonly Answer[]): Promise<Step[]> {
  const left = [...answers];
  const probe: Probe = {
    readSecret: async () => '{}',
    parse: () => ({ type: 's3', accessKeyId: 'AKIA', secretAccessKey: 'secret' }),
    open: async () => ({
      create: () => Promise.reject(new Error('only the probe writes')),
      close: () => undefined,
    }),
    create: async () => left.shift() ?? expect.fail('asked more often than expected'),
  };
  const steps: Step[] = [];
  const now = Date.parse('2026-11-22T00:00:00Z');
  for await (const step of verifyAccount({ record, now, target, probeOf: () => probe })) steps.push(step);
  expect(left).toEqual([]);
  return steps;
}

const wrong = (steps: readonly Step[]) => steps.filter(({ outcome }) => outcome === 'wrong');
const words = 'PreconditionFailed: At least one of the pre-conditions you specified did not hold';

test('a storage that writes the first object and refuses the second is right', async () => {
  const steps = await stepsOf(created, exists(words));
  expect(steps.map(({ outcome }) => outcome)).toEqual(Array(steps.length).fill('right'));
  expect(steps.at(-1)?.detail).toContain('is left there');
});

test('a storage that says of a name just made up that an object has it is wrong', async () => {
  const [step, ...more] = wrong(await stepsOf(exists(words)));
  expect(more).toEqual([]);
  expect(step?.name).toContain('an object may be created');
  expect(step?.detail).toContain(words);
  expect(step?.detail).toContain('nothing was written');
});

test('an object that may be the command’s own is no proof that it can write', async () => {
  const [step] = wrong(
    await stepsOf({ ...(exists(words) as Answer & { kind: 'exists' }), afterUnclear: true }),
  );
  expect(step?.detail).toContain('verify again');
  expect(step?.detail).not.toContain('nothing was written');
});

test.each([refused, unclear])('a first answer of %o is wrong', async answer => {
  const failure = new ExportError('destination_unavailable', 'not now');
  expect(wrong(await stepsOf(answer(failure)))).toMatchObject([
    { detail: 'destination_unavailable: not now' },
  ]);
});

test('a storage that writes the second object, too, ignores the condition', async () => {
  expect(wrong(await stepsOf(created, created))).toMatchObject([
    { detail: 'the second one was written, too' },
  ]);
});

test('a second answer that tells nothing of the condition comes with its own remedy', async () => {
  const failure = new ExportError('network', 'The connection failed');
  const [step] = wrong(await stepsOf(created, unclear(failure)));
  expect(step).toMatchObject({ detail: 'network: The connection failed' });
  expect(step?.remedy).not.toContain('ignores the condition');
});
