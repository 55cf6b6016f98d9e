import { describe, expect, test } from 'vitest';
import { describeFailures } from './bucket-failure-contract.ts';
import type { BucketServer } from './bucket-server.ts';
import { interrupted, manyParts, metadata, never, noise, object } from './contract-objects.ts';
import { type ContractSetting, contractSetting } from './contract-setting.ts';

export type { BucketFault, BucketServer } from './bucket-server.ts';

/** What every driver promises (the doc comments of `Bucket`), tried on a real server. */
export function describeBucketContract(name: string, start: () => Promise<BucketServer>): void {
  describe(`the bucket contract on ${name}`, () => {
    const setting = contractSetting(start);
    describeCreation(setting);
    describeAbandoning(setting);
    describeFailures(setting);
  });
}

function describeCreation(setting: ContractSetting): void {
  describe('creates', () => {
    test('a small object with its metadata, its content type and no content encoding', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/small.zip`;
      const body = noise(12_345);
      expect(await bucket.create(object(key, body), never)).toBe('created');
      await setting.expectStored(key, body);
      const found = await setting.server.read(key);
      expect(found?.contentType).toBe('application/zip');
      expect(found?.contentEncoding || undefined).toBeUndefined();
      expect(found?.metadata).toEqual(metadata);
    });

    test('an empty object', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/empty.zip`;
      expect(await bucket.create(object(key, noise(0)), never)).toBe('created');
      await setting.expectStored(key, noise(0));
    });

    test('an object of many parts from chunks of odd sizes', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/large.zip`;
      const body = noise(manyParts);
      expect(await bucket.create(object(key, body), never)).toBe('created');
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
      expect(await bucket.create({ ...object(key, body), body: reusing() }, never)).toBe('created');
      await setting.expectStored(key, body);
    });

    test('objects under keys of any characters', async () => {
      const bucket = await setting.open();
      const names = ['Prüfung/日本/🗝️/a.zip', 'a b+c&d=e;f,g@h/i.zip', "50% off/#1/really?/(it's)!*~.zip"];
      for (const name of names) {
        const key = `${setting.folder}/${name}`;
        const body = noise(1_000);
        expect(await bucket.create(object(key, body), never), key).toBe('created');
        await setting.expectStored(key, body);
      }
    });
  });

  describe('never overwrites', () => {
    test('an object that somebody else wrote', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/taken.zip`;
      await setting.server.put(key, Buffer.from('theirs'));
      expect(await bucket.create(object(key, noise(1_000)), never)).toBe('exists');
      await setting.expectStored(key, Buffer.from('theirs'));
    });

    test('its own object', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/twice.zip`;
      expect(await bucket.create(object(key, Buffer.from('first')), never)).toBe('created');
      expect(await bucket.create(object(key, Buffer.from('second')), never)).toBe('exists');
      await setting.expectStored(key, Buffer.from('first'));
    });

    test('an object with one of many parts, nor leaves an upload behind', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/taken-large.zip`;
      await setting.server.put(key, Buffer.from('theirs'));
      expect(await bucket.create(object(key, noise(manyParts)), never)).toBe('exists');
      await setting.expectStored(key, Buffer.from('theirs'));
      await setting.expectNothingUnfinished();
    });

    test('when two create the same object at once: one of them does', async () => {
      const [one, other] = [await setting.open(), await setting.open()];
      const key = `${setting.folder}/race.zip`;
      const bodies = [Buffer.from('one'), Buffer.from('other')] as const;
      const creations = await Promise.all([
        one.create(object(key, bodies[0]), never),
        other.create(object(key, bodies[1]), never),
      ]);
      expect(creations.filter(creation => creation === 'created')).toHaveLength(1);
      await setting.expectStored(key, creations[0] === 'created' ? bodies[0] : bodies[1]);
    });
  });
}

function describeAbandoning(setting: ContractSetting): void {
  describe('leaves nothing behind', () => {
    const reason = new Error('out of time');

    test('when the signal was aborted before', async () => {
      const bucket = await setting.open();
      const key = `${setting.folder}/aborted.zip`;
      const creation = bucket.create(object(key, noise(1_000)), AbortSignal.abort(reason));
      await expect(creation).rejects.toBe(reason);
      expect(await setting.server.read(key)).toBeUndefined();
    });

    test('when the signal aborts in the middle of a small body', async () => {
      const bucket = await setting.open();
      const controller = new AbortController();
      const key = `${setting.folder}/aborted-small.zip`;
      const body = interrupted(noise(10_000), 5_000, () => controller.abort(reason));
      await expect(bucket.create({ ...object(key, noise(0)), body }, controller.signal)).rejects.toBe(reason);
      expect(await setting.server.read(key)).toBeUndefined();
      await setting.expectNothingUnfinished();
    });

    test('when the signal aborts in the middle of many parts', async () => {
      const bucket = await setting.open();
      const controller = new AbortController();
      const key = `${setting.folder}/aborted-large.zip`;
      const body = interrupted(noise(manyParts), manyParts * 0.7, () => controller.abort(reason));
      await expect(bucket.create({ ...object(key, noise(0)), body }, controller.signal)).rejects.toBe(reason);
      expect(await setting.server.read(key)).toBeUndefined();
      await setting.expectNothingUnfinished();
    });

    test('when the signal aborts while a slow request is under way', async () => {
      const bucket = await setting.openThroughProxy();
      const controller = new AbortController();
      const key = `${setting.folder}/aborted-slow.zip`;
      setting.proxy.onRequest = ({ method }) => {
        if (method !== 'PUT') return { kind: 'pass' };
        setImmediate(() => controller.abort(reason));
        return { kind: 'slow', bytesPerSecond: 20_000 };
      };
      const creation = bucket.create(object(key, noise(manyParts)), controller.signal);
      await expect(creation).rejects.toBe(reason);
      expect(await setting.server.read(key)).toBeUndefined();
      await setting.expectNothingUnfinished();
    });

    test.each([
      ['small', 10_000],
      ['large', manyParts],
    ])('when a %s body throws', async (size, bytes) => {
      const bucket = await setting.open();
      const key = `${setting.folder}/broken-${size}.zip`;
      const broken = new Error('the rows could not be read');
      const body = interrupted(noise(bytes), bytes * 0.7, () => {
        throw broken;
      });
      await expect(bucket.create({ ...object(key, noise(0)), body }, never)).rejects.toBe(broken);
      expect(await setting.server.read(key)).toBeUndefined();
      await setting.expectNothingUnfinished();
    });
  });
}
