import { describe, expect, test } from 'vitest';
import { type Answer, created } from '../../lambdas/buckets/bucket.ts';
import type { UploadStep } from '../../lambdas/domain/cursor.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { describeFailures } from './bucket-failure-contract.ts';
import type { BucketServer } from './bucket-server.ts';
import { interrupted, manyParts, metadata, noise, object, unwatched, watchedBy } from './contract-objects.ts';
import { type ContractSetting, contractSetting } from './contract-setting.ts';

export type { BucketFault, BucketServer } from './bucket-server.ts';

/** The answer that an object exists which this upload cannot have written. */
const existing = { kind: 'exists', afterUnclear: false };

/** What every driver promises (the doc comments of `Bucket`), tried on a real server. */
export function describeBucketContract(name: string, start: () => Promise<BucketServer>): void {
  describe(`the bucket contract on ${name}`, () => {
    const setting = contractSetting(start);
    describeCreation(setting);
    describeAbandoning(setting);
    describeSteps(setting);
    describeFailures(setting);
  });
}

function describeCreation(setting: ContractSetting): void {
  describe('creates', () => {
    test('a small object with its metadata, its content type and no content encoding', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/small.zip`;
      const body = noise(12_345);
      expect(await bucket.create(object(key, body), unwatched)).toEqual(created);
      await setting.expectStored(key, body);
      const found = await setting.server.read(key);
      expect(found?.contentType).toBe('application/zip');
      expect(found?.contentEncoding || undefined).toBeUndefined();
      expect(found?.metadata).toEqual(metadata);
    });

    test('an empty object', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/empty.zip`;
      expect(await bucket.create(object(key, noise(0)), unwatched)).toEqual(created);
      await setting.expectStored(key, noise(0));
    });

    test('an object of many parts from chunks of odd sizes', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/large.zip`;
      const body = noise(manyParts);
      expect(await bucket.create(object(key, body), unwatched)).toEqual(created);
      await setting.expectStored(key, body);
      const found = await setting.server.read(key);
      expect(found?.contentType).toBe('application/zip');
      expect(found?.contentEncoding || undefined).toBeUndefined();
      expect(found?.metadata).toEqual(metadata);
      await setting.expectNothingUnfinished();
    });

    test('an object whose body reuses its buffer for the next chunk', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/reused.zip`;
      const body = noise(3_000_000);
      async function* reusing() {
        const buffer = Buffer.alloc(100_000);
        for (let from = 0; from < body.length; from += buffer.length) {
          body.copy(buffer, 0, from);
          yield buffer;
        }
      }
      expect(await bucket.create({ ...object(key, body), body: reusing() }, unwatched)).toEqual(created);
      await setting.expectStored(key, body);
    });

    test('objects under keys of any characters', async () => {
      const bucket = await setting.open();
      const names = ['Prüfung/日本/🗝️/a.zip', 'a b+c&d=e;f,g@h/i.zip', "50% off/#1/really?/(it's)!*~.zip"];
      for (const name of names) {
        const key = `${setting.folder}/${name}`;
        const body = noise(1_000);
        expect(await bucket.create(object(key, body), unwatched), key).toEqual(created);
        await setting.expectStored(key, body);
      }
    });
  });

  describe('never overwrites', () => {
    test('an object that somebody else wrote', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/taken.zip`;
      await setting.server.put(key, Buffer.from('theirs'));
      expect(await bucket.create(object(key, noise(1_000)), unwatched)).toMatchObject(existing);
      await setting.expectStored(key, Buffer.from('theirs'));
    });

    test('its own object', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/twice.zip`;
      expect(await bucket.create(object(key, Buffer.from('first')), unwatched)).toEqual(created);
      expect(await bucket.create(object(key, Buffer.from('second')), unwatched)).toMatchObject(existing);
      await setting.expectStored(key, Buffer.from('first'));
    });

    test('an object with one of many parts, nor leaves an upload behind', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/taken-large.zip`;
      await setting.server.put(key, Buffer.from('theirs'));
      expect(await bucket.create(object(key, noise(manyParts)), unwatched)).toMatchObject(existing);
      await setting.expectStored(key, Buffer.from('theirs'));
      await setting.expectNothingUnfinished();
    });

    test('when two create the same object at once: one of them does', async () => {
      const [one, other] = [await setting.open(), await setting.open()];
      const key = `${setting.folder}/race.zip`;
      const bodies = [Buffer.from('one'), Buffer.from('other')] as const;
      const creations = await Promise.all([
        one.create(object(key, bodies[0]), unwatched),
        other.create(object(key, bodies[1]), unwatched),
      ]);
      expect(creations.filter(creation => creation.kind === 'created')).toHaveLength(1);
      await setting.expectStored(key, creations[0].kind === 'created' ? bodies[0] : bodies[1]);
    });
  });
}

function describeAbandoning(setting: ContractSetting): void {
  describe('leaves nothing behind', () => {
    const reason = new ExportError('out_of_time', 'The function ran out of time');
    const expectNothing = async (key: string) => {
      expect(await setting.server.read(key)).toBeUndefined();
      await setting.expectNothingUnfinished();
    };

    test('when the signal was aborted before', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/aborted.zip`;
      const watch = watchedBy(AbortSignal.abort(reason));
      expectReason(await bucket.create(object(key, noise(1_000)), watch), 'refused', reason);
      await expectNothing(key);
    });

    test.each([
      ['small', 10_000],
      ['large', manyParts],
    ])('when the signal aborts in the middle of a %s body', async (size, bytes) => {
      const bucket = await setting.open();
      const controller = new AbortController();
      const key = `${setting.folder}/aborted-${size}.zip`;
      const body = interrupted(noise(bytes), bytes * 0.7, () => controller.abort(reason));
      const answer = await bucket.create({ ...object(key, noise(0)), body }, watchedBy(controller.signal));
      expectReason(answer, 'refused', reason);
      await expectNothing(key);
    });

    test('when the signal aborts while a slow request is under way that does not create', async () => {
      const bucket = await setting.openThroughProxy();
      const controller = new AbortController();
      const key = `${setting.folder}/aborted-slow.zip`;
      setting.proxy.onRequest = ({ method }) => {
        if (method !== 'PUT') return { kind: 'pass' };
        setImmediate(() => controller.abort(reason));
        return { kind: 'slow', bytesPerSecond: 20_000 };
      };
      const answer = await bucket.create(object(key, noise(manyParts)), watchedBy(controller.signal));
      expectReason(answer, 'refused', reason);
      await expectNothing(key);
    });

    test.each([
      ['small', 10_000],
      ['large', manyParts],
    ])('when a %s body throws', async (size, bytes) => {
      for (const broken of [reason, new Error('the rows could not be read')]) {
        const bucket = await setting.open();
        const key = `${setting.folder}/broken-${size}.zip`;
        const body = interrupted(noise(bytes), bytes * 0.7, () => {
          throw broken;
        });
        expectReason(await bucket.create({ ...object(key, noise(0)), body }, unwatched), 'refused', broken);
        await expectNothing(key);
      }
    });
  });

  test.each([
    ['small', 10_000],
    ['large', manyParts],
  ])('leaves it unclear when the signal aborts while a %s object is being created', async (size, bytes) => {
    const bucket = await setting.openThroughProxy();
    const controller = new AbortController();
    const reason = new ExportError('out_of_time', 'The function ran out of time');
    const abort = async () => {
      controller.abort(reason);
      return true;
    };
    setting.proxy.onRequest = request =>
      setting.server.creates(request) ? { kind: 'lose-answer', when: abort } : { kind: 'pass' };
    const key = `${setting.folder}/aborted-creating-${size}.zip`;
    const answer = await bucket.create(object(key, noise(bytes)), watchedBy(controller.signal));
    expectReason(answer, 'unclear', reason);
  });
}

function describeSteps(setting: ContractSetting): void {
  describe('tells the watch', () => {
    test.each<[string, number, UploadStep[]]>([
      ['one request', 1_000, ['creating']],
      ['several requests', manyParts, ['staging', 'creating']],
    ])('of each step of an upload of %s, before its requests', async (_, bytes, expected) => {
      const creating = () => setting.proxy.requests.filter(setting.server.creates).length;
      const steps: [UploadStep, created: boolean][] = [];
      const watch = watchedBy(unwatched.signal, async step => void steps.push([step, creating() > 0]));
      const bucket = await setting.openThroughProxy();
      const answer = await bucket.create(object(`${setting.folder}/x.zip`, noise(bytes)), watch);
      expect(answer).toEqual(created);
      expect(steps).toEqual(expected.map(step => [step, false]));
      expect(creating()).toBe(1);
    });

    test.each<[UploadStep, number]>([
      ['creating', 1_000],
      ['staging', manyParts],
      ['creating', manyParts],
    ])('and ends where the step %s of %i bytes fails', async (failing, bytes) => {
      const broken = new ExportError('internal', 'The ledger could not be written');
      const watch = watchedBy(unwatched.signal, async step => {
        if (step === failing) throw broken;
      });
      const bucket = await setting.openThroughProxy();
      const key = `${setting.folder}/failing-${failing}.zip`;
      expectReason(await bucket.create(object(key, noise(bytes)), watch), 'refused', broken);
      expect(setting.proxy.requests.some(setting.server.creates)).toBe(false);
      await setting.expectNothingUnfinished();
    });

    test.each([1_000, manyParts])(
      'and creates nothing of %i bytes once the signal aborts in the last step',
      async bytes => {
        const controller = new AbortController();
        const reason = new ExportError('out_of_time', 'The function ran out of time');
        const watch = watchedBy(controller.signal, async step => {
          if (step === 'creating') controller.abort(reason);
        });
        const bucket = await setting.openThroughProxy();
        const key = `${setting.folder}/aborted-step.zip`;
        expectReason(await bucket.create(object(key, noise(bytes)), watch), 'refused', reason);
        expect(setting.proxy.requests.some(setting.server.creates)).toBe(false);
        await setting.expectNothingUnfinished();
      },
    );
  });
}

/** The failure is the error that ended the upload, or an ExportError with it as its cause. */
function expectReason(answer: Answer, kind: 'refused' | 'unclear', reason: Error): void {
  expect(answer.kind).toBe(kind);
  const failure = 'failure' in answer ? answer.failure : undefined;
  expect(reason instanceof ExportError ? failure : failure?.cause).toBe(reason);
}
