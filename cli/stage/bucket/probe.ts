import { randomBytes, randomUUID } from 'node:crypto';
import { createSecretStore } from '../../../lambdas/aws/secret-store.ts';
import type { Answer, Bucket, UploadWatch } from '../../../lambdas/buckets/bucket.ts';
import { openBucket } from '../../../lambdas/buckets/open-bucket.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { accountFolder, encodeAccountId } from '../../../lambdas/domain/object-key.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import { testObjectProperties, testObjectText } from '../../../lambdas/domain/test-object.ts';
import { readCredential } from '../secret/read-credential.ts';
import type { Target } from '../target/target.ts';

/** The limit for one request, retries included. */
const longestWait = 60_000;

/** The smallest piece of a multi-request upload that all three clouds accept. */
const pieceBytes = 256 * 1024;

/** The steps with which the exporter reaches a bucket, one by one. */
export function createProbe(target: Target, account: Account) {
  const { destination, accountId, secretId } = account;
  const sessionName = encodeAccountId(accountId);

  return {
    readSecret(): Promise<string> {
      const store = createSecretStore({ client: target.secrets, prefix: target.outputs.SecretPrefix });
      return store.read(secretId ?? '');
    },

    parse: (secret: string): Credential => readCredential(destination, secret),

    async open(credential: Credential | undefined): Promise<Bucket> {
      const { endpoints } = await target.environment();
      const signal = AbortSignal.timeout(longestWait);
      const exporter = { region: target.region, credential: () => target.exporterCredential() };
      return openBucket({ destination, credential, endpoints, sessionName, exporter, signal, pieceBytes });
    },

    /** Creates a small object, with the driver that uploads exports. */
    create(bucket: Bucket, key: string): Promise<Answer> {
      return upload(bucket, key, Buffer.from(testObjectText(randomUUID())), async () => undefined);
    },

    /**
     * Begins a large object under a random name, with the driver that uploads exports, and stops before the request
     * that would create it, so that nothing remains.
     * @returns undefined if every request before that one succeeded; else what the storage answered
     */
    async begin(bucket: Bucket): Promise<Answer | undefined> {
      const key = `${accountFolder(account.destination.prefix, account.accountId)}_verify_${randomBytes(8).toString('hex')}.tmp`;
      const enough = new ExportError('internal', 'The test upload ends here');
      const answer = await upload(bucket, key, randomBytes(pieceBytes + 1), async step => {
        if (step === 'creating') throw enough;
      });
      return answer.kind === 'refused' && answer.failure === enough ? undefined : answer;
    },
  };
}

async function upload(
  bucket: Bucket,
  key: string,
  content: Uint8Array,
  step: UploadWatch['step'],
): Promise<Answer> {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(tookTooLong()), longestWait);
  const object = { key, body: only(content), ...testObjectProperties };
  try {
    return await bucket.create(object, { signal: waiting.signal, step });
  } finally {
    clearTimeout(timer);
  }
}

export type Probe = ReturnType<typeof createProbe>;

function tookTooLong(): ExportError {
  return new ExportError('no_answer', `The cloud gave no answer within ${longestWait / 1000} seconds`);
}

async function* only(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
