import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Answer, created } from '../../lambdas/buckets/bucket.ts';
import type { FailureCode } from '../../lambdas/domain/failure.ts';
import type { BucketFault } from './bucket-server.ts';
import { manyParts, noise, object, unwatched, watchedBy } from './contract-objects.ts';
import type { ContractSetting } from './contract-setting.ts';
import type { Fault, SeenRequest } from './fault-proxy.ts';

const faultCodes = {
  'wrong-credentials': 'credentials_rejected',
  'missing-bucket': 'bucket_missing',
  denied: 'access_denied',
} as const satisfies Partial<Record<BucketFault, FailureCode>>;

/** How a driver handles a cloud that refuses, and a network that fails. */
export function describeFailures(setting: ContractSetting): void {
  describe('names what went wrong', () => {
    const faults = Object.entries(faultCodes) as [keyof typeof faultCodes, FailureCode][];
    for (const [fault, code] of faults) {
      for (const [size, bytes] of [['small', 1_000] as const, ['large', manyParts] as const])
        test(`${fault}, ${size} object: ${code}`, async context => {
          setting.plays(fault, context);
          const bucket = await setting.open({ fault });
          const key = `${setting.folder}/${fault}.zip`;
          await setting.expectFailure(bucket.create(object(key, noise(bytes)), unwatched), code, {
            fault,
            kind: 'refused',
          });
        });
    }

    test.each([503, 500, 429])('endless %i: destination_unavailable', async status => {
      setting.proxy.onRequest = () => ({ kind: 'answer', status });
      const bucket = await setting.openThroughProxy();
      await setting.expectFailure(
        bucket.create(object(`${setting.folder}/x.zip`, noise(1_000)), unwatched),
        'destination_unavailable',
      );
    });

    test('503 from the middle of many parts on: destination_unavailable, nothing visible', async () => {
      const key = `${setting.folder}/half.zip`;
      let puts = 0;
      setting.proxy.onRequest = ({ method }) => {
        if (method === 'PUT') puts++;
        return puts > 1 ? { kind: 'answer', status: 503 } : { kind: 'pass' };
      };
      const bucket = await setting.openThroughProxy();
      await setting.expectFailure(
        bucket.create(object(key, noise(manyParts)), unwatched),
        'destination_unavailable',
        { kind: 'refused' },
      );
      expect(await setting.server.read(key)).toBeUndefined();
    });

    test('a refused part ends an upload whose body does not go on', async () => {
      let puts = 0;
      setting.proxy.onRequest = ({ method }) => {
        if (method === 'PUT') puts++;
        return puts > 1 ? { kind: 'answer', status: 503 } : { kind: 'pass' };
      };
      const bucket = await setting.openThroughProxy();
      const deadline = new AbortController();
      async function* waiting(): AsyncGenerator<Uint8Array> {
        for (let sent = 0; puts < 2 && sent < manyParts; sent += 65_536) {
          yield noise(65_536);
          await pause(1);
        }
        await new Promise(resolve => deadline.signal.addEventListener('abort', resolve));
      }
      const waitingObject = { ...object(`${setting.folder}/waiting.zip`, noise(1)), body: waiting() };
      try {
        await setting.expectFailure(
          bucket.create(waitingObject, watchedBy(deadline.signal)),
          'destination_unavailable',
          { kind: 'refused' },
        );
      } finally {
        deadline.abort();
      }
    });

    test('nobody listening: network', async () => {
      // Not an ephemeral port: another test’s server could get it at any moment.
      const endpoint = setting.proxy.endpoint.replace(/:\d+/, ':1');
      const bucket = await setting.open({ endpoint });
      await setting.expectFailure(
        bucket.create(object(`${setting.folder}/x.zip`, noise(1_000)), unwatched),
        'network',
        { kind: 'refused' },
      );
    });

    test.each([
      ['small', 1_000, 'silent'],
      ['large', manyParts, 'silent'],
      ['small', 1_000, 'stalled-answer'],
      ['large', manyParts, 'stalled-answer'],
    ] as const)(
      'a cloud that falls silent while it creates a %s object (%i bytes, %s): no_answer, after one try',
      async (size, bytes, kind) => {
        setting.proxy.onRequest = request => (setting.server.creates(request) ? { kind } : { kind: 'pass' });
        const bucket = await setting.openThroughProxy({ silenceMs: 2_000 });
        await setting.expectFailure(
          bucket.create(object(`${setting.folder}/silent-${size}.zip`, noise(bytes)), unwatched),
          'no_answer',
          { kind: 'unclear' },
        );
        expect(setting.proxy.requests.filter(setting.server.creates)).toHaveLength(1);
      },
    );

    test('every connection reset: network, nothing visible', async () => {
      const key = `${setting.folder}/reset.zip`;
      setting.proxy.onRequest = () => ({ kind: 'reset', afterBytes: 0 });
      const bucket = await setting.openThroughProxy();
      await setting.expectFailure(bucket.create(object(key, noise(1_000)), unwatched), 'network');
      expect(await setting.server.read(key)).toBeUndefined();
    });
  });

  describe('gets through a bad network', () => {
    test.each([
      ['small', 100_000],
      ['large', manyParts],
    ])('with every request of a %s object refused once by a 503', async (size, bytes) => {
      const key = `${setting.folder}/refused-${size}.zip`;
      setting.proxy.onRequest = onceForEach({ kind: 'answer', status: 503 });
      const bucket = await setting.openThroughProxy();
      const body = noise(bytes);
      expect(await bucket.create(object(key, body), unwatched)).toEqual(created);
      await setting.expectStored(key, body);
      await setting.expectNothingUnfinished();
    });

    test.each([
      ['small', 100_000],
      ['large', manyParts],
    ])('with the answer to the request lost that created a %s object', async (size, bytes) => {
      const key = `${setting.folder}/lost-${size}.zip`;
      let lost = false;
      setting.proxy.onRequest = () => ({
        kind: 'lose-answer',
        when: async () => {
          if (lost || (await setting.server.read(key)) === undefined) return false;
          lost = true;
          return true;
        },
      });
      const bucket = await setting.openThroughProxy();
      const body = noise(bytes);
      const answer = await bucket.create(object(key, body), unwatched);
      expect(lost).toBe(true);
      expectPerhapsOurs(answer);
      await setting.expectStored(key, body);
      await setting.expectNothingUnfinished();
    });

    test.each([
      ['small', 100_000],
      ['large', manyParts],
    ])('with the first answer to each request of a %s object cut off in the middle', async (size, bytes) => {
      const key = `${setting.folder}/cut-${size}.zip`;
      setting.proxy.onRequest = onceForEach({ kind: 'cut-answer' });
      const bucket = await setting.openThroughProxy();
      const body = noise(bytes);
      expectPerhapsOurs(await bucket.create(object(key, body), unwatched));
      await setting.expectStored(key, body);
    });

    test.each([
      ['small', 100_000],
      ['large', manyParts],
    ])(
      'and calls nobody for a %s object that is there, with every first answer cut off',
      async (size, bytes) => {
        const key = `${setting.folder}/cut-taken-${size}.zip`;
        await setting.server.put(key, Buffer.from('theirs'));
        setting.proxy.onRequest = onceForEach({ kind: 'cut-answer' });
        const bucket = await setting.openThroughProxy();
        const answer = await bucket.create(object(key, noise(bytes)), unwatched);
        expect(['exists', 'unclear']).toContain(answer.kind);
        if (answer.kind === 'unclear') expect(answer.failure.code).toBe('network');
        await setting.expectStored(key, Buffer.from('theirs'));
      },
    );

    test.each([
      ['small', 100_000],
      ['large', manyParts],
    ])('or says network, with a connection reset in the middle of a %s object', async (size, bytes) => {
      const key = `${setting.folder}/reset-${size}.zip`;
      let broken = false;
      setting.proxy.onRequest = ({ headers }) => {
        if (broken || Number(headers['content-length'] ?? 0) < 50_000) return { kind: 'pass' };
        broken = true;
        return { kind: 'reset', afterBytes: 30_000 };
      };
      const bucket = await setting.openThroughProxy();
      const body = noise(bytes);
      const answer = await bucket.create(object(key, body), unwatched);
      expect(broken).toBe(true);
      if (answer.kind === 'created') {
        await setting.expectStored(key, body);
      } else {
        await setting.expectFailure(Promise.resolve(answer), 'network');
        expect(await setting.server.read(key)).toBeUndefined();
      }
    });

    test('that is slow', async () => {
      const key = `${setting.folder}/slow.zip`;
      setting.proxy.onRequest = () => ({ kind: 'slow', bytesPerSecond: 200_000 });
      const bucket = await setting.openThroughProxy();
      const body = noise(100_000);
      expect(await bucket.create(object(key, body), unwatched)).toEqual(created);
      await setting.expectStored(key, body);
    });
  });
}

/** Either the driver retried and found the object, or it reports an unclear outcome and the next export finds it. */
function expectPerhapsOurs(answer: Answer): void {
  if (answer.kind === 'exists') expect(answer.afterUnclear).toBe(true);
  else expect(['created', 'unclear']).toContain(answer.kind);
}

/** The fault for the first attempt of each request; the next one passes. */
function onceForEach(fault: Fault): (request: SeenRequest) => Fault {
  const seen = new Set<string>();
  return ({ method, path }) => {
    const request = `${method} ${path}`;
    if (seen.has(request)) return { kind: 'pass' };
    seen.add(request);
    return fault;
  };
}
