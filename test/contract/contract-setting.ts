import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, type TestContext } from 'vitest';
import type { Answer, Bucket } from '../../lambdas/buckets/bucket.ts';
import type { ExportError, FailureCode } from '../../lambdas/domain/failure.ts';
import type { BucketFault, BucketOpening, BucketServer } from './bucket-server.ts';
import { sha256 } from './contract-objects.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** The setting of a contract test; only valid inside tests. */
export interface ContractSetting {
  readonly server: BucketServer;
  /** A proxy in front of the server, new for each test. */
  readonly proxy: FaultProxy;
  /** A key prefix unique to the test. */
  readonly folder: string;
  /** Opens the driver and closes it after the test. */
  open(options?: BucketOpening): Promise<Bucket>;
  openThroughProxy(options?: Omit<BucketOpening, 'endpoint'>): Promise<Bucket>;
  expectStored(key: string, body: Buffer): Promise<void>;
  expectNothingUnfinished(): Promise<void>;
  /** Skips the test with a reason if the external server cannot produce its fault. */
  plays(fault: BucketFault, test: Pick<TestContext, 'skip'>): void;
  /** Expects a refusal or an unclear answer with this code, that names the bucket and contains no secret. */
  expectFailure(creation: Promise<Answer>, code: FailureCode, about?: ExpectedFailure): Promise<ExportError>;
}

export interface ExpectedFailure {
  readonly fault?: BucketFault;
  /** By default either. */
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
    // A test whose server refuses everything cannot remove its unfinished uploads, so they are counted before.
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

/**
 * No eight consecutive characters of a secret or of a signature may occur in anything that a log could print of the
 * error.
 */
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
