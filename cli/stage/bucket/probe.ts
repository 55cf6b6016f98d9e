import { randomBytes, randomUUID } from 'node:crypto';
import { createSecretStore } from '../../../lambdas/aws/secret-store.ts';
import type { Answer, Bucket } from '../../../lambdas/buckets/bucket.ts';
import { openBucket } from '../../../lambdas/buckets/open-bucket.ts';
import type { Account } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { type Instant, toCompact } from '../../../lambdas/domain/instant.ts';
import { encodeAccountId } from '../../../lambdas/domain/object-key.ts';
import { type Credential, parseSecret } from '../../../lambdas/domain/secret.ts';
import type { Target } from '../target/target.ts';
import { accountFolder } from './account-folder.ts';

/** Retries included; a cloud that takes longer is not one to rely on. */
const longestWait = 60_000;

/** The parts of the exporter's own way to a bucket, one by one. */
export function createProbe(target: Target, account: Account) {
  const { destination, accountId, secretId } = account;
  const sessionName = encodeAccountId(accountId);

  return {
    readSecret(): Promise<string> {
      const store = createSecretStore({ client: target.secrets, prefix: target.outputs.SecretPrefix });
      return store.read(secretId ?? '');
    },

    parse: (secret: string): Credential => parseSecret(destination, secret),

    async open(credential: Credential | undefined): Promise<Bucket> {
      const { endpoints } = await target.environment();
      const signal = AbortSignal.timeout(longestWait);
      const exporter = { region: target.region, credential: () => target.exporterCredential() };
      return openBucket({ destination, credential, endpoints, sessionName, exporter, signal });
    },

    /** Creates a small object by the driver that writes the exports. */
    async create(bucket: Bucket, key: string): Promise<Answer> {
      const waiting = new AbortController();
      const timer = setTimeout(() => waiting.abort(tookTooLong()), longestWait);
      const text = `Written by "siem-export verify" to check that exports can be written here. It may be deleted. ${randomUUID()}\n`;
      const object = {
        key,
        body: only(Buffer.from(text)),
        contentType: 'text/plain',
        metadata: { writtenby: 'siem-export-verify' },
      };
      try {
        return await bucket.create(object, { signal: waiting.signal, step: async () => undefined });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

export type Probe = ReturnType<typeof createProbe>;

/**
 * Beside the account's exports, so that the same permissions count; neither its name nor its ending is one that a
 * reader of exports takes. Made up anew each time, so that no object can have it.
 */
export function probeKey(account: Account, now: Instant): string {
  return `${accountFolder(account)}_verify_${toCompact(now)}_${randomBytes(4).toString('hex')}.txt`;
}

function tookTooLong(): ExportError {
  return new ExportError('no_answer', `The cloud gave no answer within ${longestWait / 1000} seconds`);
}

async function* only(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
