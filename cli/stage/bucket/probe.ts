import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createSecretStore } from '../../../lambdas/aws/secret-store.ts';
import type { Answer, Bucket, UploadWatch } from '../../../lambdas/buckets/bucket.ts';
import { openBucket } from '../../../lambdas/buckets/open-bucket.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { encodeAccountId } from '../../../lambdas/domain/object-key.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import { readCredential } from '../secret/read-credential.ts';
import type { Target } from '../target/target.ts';
import { accountFolder } from './account-folder.ts';

/** Retries included; a cloud that takes longer is not one to rely on. */
const longestWait = 60_000;

/** Of a large file that is only begun: as little as all clouds take in one request of several. */
const pieceBytes = 256 * 1024;

/** The parts of the exporter's own way to a bucket, one by one. */
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

    /** Creates a small object by the driver that writes the exports. */
    create(bucket: Bucket, key: string): Promise<Answer> {
      const text = `Written by "siem-export verify" to check that exports can be written here. It may be deleted. ${randomUUID()}\n`;
      return upload(bucket, key, Buffer.from(text), async () => undefined);
    },

    /**
     * Begins a large object under a name that was made up for it, by the driver that writes the exports, and ends it
     * before the request that would create it: nothing is left behind.
     * @returns undefined if every request up to that one went through; else what the storage answered
     */
    async begin(bucket: Bucket): Promise<Answer | undefined> {
      const key = `${accountFolder(account)}_verify_${randomBytes(8).toString('hex')}.tmp`;
      const enough = new ExportError('internal', 'This is as far as it was to go');
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
  const object = {
    key,
    body: only(content),
    contentType: 'text/plain',
    metadata: { writtenby: 'siem-export-verify' },
  };
  try {
    return await bucket.create(object, { signal: waiting.signal, step });
  } finally {
    clearTimeout(timer);
  }
}

export type Probe = ReturnType<typeof createProbe>;

/**
 * Beside the account's exports, so that the same permissions count; neither its name nor its ending is one that a
 * reader of exports takes. One name for each destination and credential, so that `verify` leaves one object for each,
 * however often it is run.
 */
export function probeKey(account: Account, credential: Credential | undefined): string {
  const means = JSON.stringify([account.destination, credential]);
  const digest = createHash('sha256').update(means).digest('hex').slice(0, 16);
  return `${accountFolder(account)}_verify_${digest}.txt`;
}

function tookTooLong(): ExportError {
  return new ExportError('no_answer', `The cloud gave no answer within ${longestWait / 1000} seconds`);
}

async function* only(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
