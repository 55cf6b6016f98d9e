import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, type TestContext } from 'vitest';
import type { Answer, Bucket } from '../../lambdas/buckets/bucket.ts';
import type { ExportError, FailureCode } from '../../lambdas/domain/failure.ts';
import type { BucketFault, BucketOpening, BucketServer } from './bucket-server.ts';
import { sha256 } from './contract-objects.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** What a test of the contract works with; valid inside tests only. */
export interface ContractSetting {
  readonly server: BucketServer;
  /** In front of the server, and fresh for each test. */
  readonly proxy: FaultProxy;
  /** A key prefix that no other test uses. */
  readonly folder: string;
  /** Opens the driver and closes it after the test. */
  open(options?: BucketOpening): Promise<Bucket>;
  openThroughProxy(options?: Omit<BucketOpening, 'endpoint'>): Promise<Bucket>;
  expectStored(key: string, body: Buffer): Promise<void>;
  expectNothingUnfinished(): Promise<void>;
  /** Leaves a test out, with a word why, if the server that the environment names cannot play its fault. */
  plays(fault: BucketFault, test: Pick<TestContext, 'skip'>): void;
  /** Expects a refusal, or an unclear answer, with this code, that names the bucket and holds no secret. */
  expectFailure(creation: Promise<Answer>, code: FailureCode, about?: ExpectedFailure): Promise<ExportError>;
}

export interface ExpectedFailure {
  readonly fault?: BucketFault;
  /** Default: either. */
  readonly kind?: 'refused' | 'unclear';
}

/** Starts the server once for the enclosing `describe`, and a proxy before each of its tests. */
export function contractSetting(start: () => Promise<BucketServer>): ContractSetting {
  let server: BucketServer;
  let proxy: FaultProxy;
  let folder: string;
  let unfinishedBefore: number;
  const opened: Bucket[] = [];

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    folder = `contract/${randomUUID()}`;
    proxy = await startFaultProxy(server.endpoint);
    // A test whose server refuses everything at the end leaves what nobody could clear away.
    unfinishedBefore = await unfinished();
  });
  afterEach(async () => {
    for (const bucket of opened.splice(0)) bucket.close();
    await proxy.close();
  });

  async function open(options?: BucketOpening): Promise<Bucket> {
    const bucket = await server.open(options);
    opened.push(bucket);
    return bucket;
  }

  async function unfinished(): Promise<number> {
    return (await server.unfinishedUploads?.()) ?? 0;
  }

  return {
    get server() {
      return server;
    },
    get proxy() {
      return proxy;
    },
    get folder() {
      return folder;
    },
    open,
    openThroughProxy: options => open({ ...options, endpoint: proxy.endpoint }),
    async expectStored(key, body) {
      const found = await server.read(key);
      expect(found?.body.length).toBe(body.length);
      expect(sha256(found?.body ?? Buffer.of())).toBe(sha256(body));
    },
    async expectNothingUnfinished() {
      expect(await unfinished()).toBe(unfinishedBefore);
    },
    plays(fault, { skip }) {
      if (server.isExternal && !server.faults.includes(fault))
        skip(
          `the environment does not say that ${server.endpoint} can play ${fault} (docs/maintainer/testing.md)`,
        );
      expect(server.faults).toContain(fault);
    },
    async expectFailure(creation, code, { fault, kind } = {}) {
      const answer = await creation;
      if (answer.kind === 'created' || answer.kind === 'exists') expect.fail(`came to ${inspect(answer)}`);
      const { failure } = answer;
      expect({ kind: answer.kind, code: failure.code, message: failure.message }).toMatchObject({
        kind: kind ?? answer.kind,
        code,
      });
      expect(failure.message).toContain(server.bucketName(fault));
      expectNoSecret(failure, server.secrets);
      return failure;
    },
  };
}

/** No eight characters of a secret, and no signature made with one, in anything that a log could print of the error. */
function expectNoSecret(failure: ExportError, secrets: readonly string[]): void {
  const printed = [
    inspect(failure, { depth: 20, showHidden: true }),
    String(failure.stack),
    JSON.stringify({ ...failure, message: failure.message, cause: failure.cause }),
  ].join('\n');
  for (const secret of secrets)
    for (let from = 0; from + 8 <= secret.length; from++)
      expect(printed.includes(secret.slice(from, from + 8)), 'a piece of a secret in the error').toBe(false);
  expect(printed).not.toMatch(/Signature=|Bearer |SharedKey |\bsig=/);
}
