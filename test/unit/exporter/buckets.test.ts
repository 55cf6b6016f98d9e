import { describe, expect, it } from 'vitest';
import { type Bucket, created } from '../../../lambdas/buckets/bucket.ts';
import { type Account, parseAccount } from '../../../lambdas/domain/account.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import { createBuckets } from '../../../lambdas/exporter/buckets.ts';

const patience = 8_000;

const key = (letter: string) =>
  JSON.stringify({ accessKeyId: letter.repeat(20), secretAccessKey: letter.repeat(40) });

function accountWith(destination: Record<string, unknown>, rest: Record<string, unknown> = {}): Account {
  return parseAccount({
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    secretId: 'siem-export/acme',
    destination: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1', ...destination },
    ...rest,
  });
}

function start(secret: string) {
  const opened: { bucket: string; credential: Credential | undefined; closed: boolean }[] = [];
  const stored = { secret, reads: 0 };
  const buckets = createBuckets({
    endpoints: {},
    exporter: { region: 'eu-central-1' },
    secrets: {
      async read() {
        stored.reads++;
        return stored.secret;
      },
    },
    async open({ destination, credential, silenceMs }): Promise<Bucket> {
      expect(silenceMs).toBe(patience);
      const entry = { bucket: 'bucket' in destination ? destination.bucket : '', credential, closed: false };
      opened.push(entry);
      return {
        create: async () => created,
        close() {
          entry.closed = true;
        },
      };
    },
  });
  return { buckets, opened, stored };
}

describe('the buckets of an invocation', () => {
  it('read the secret and open the bucket once for many files', async () => {
    const { buckets, opened, stored } = start(key('A'));
    const account = accountWith({});
    expect(await buckets.open(account, patience)).toBe(await buckets.open(account, patience));
    expect(stored.reads).toBe(1);
    expect(opened).toMatchObject([{ credential: { type: 's3', accessKeyId: 'A'.repeat(20) } }]);
  });

  it('open another bucket when the record names another, and close the first', async () => {
    const { buckets, opened } = start(key('A'));
    await buckets.open(accountWith({}), patience);
    await buckets.open(accountWith({ bucket: 'other-audit' }), patience);
    expect(opened).toMatchObject([
      { bucket: 'acme-audit', closed: true },
      { bucket: 'other-audit', closed: false },
    ]);
  });

  it('reopen with a secret that was rotated', async () => {
    const { buckets, opened, stored } = start(key('A'));
    await buckets.open(accountWith({}), patience);
    stored.secret = key('B');
    expect(await buckets.reopen(accountWith({}), patience)).toBeDefined();
    expect(opened).toMatchObject([{ closed: true }, { credential: { accessKeyId: 'B'.repeat(20) } }]);
  });

  it('do not reopen with the secret that was refused', async () => {
    const { buckets, opened } = start(key('A'));
    await buckets.open(accountWith({}), patience);
    expect(await buckets.reopen(accountWith({}), patience)).toBeUndefined();
    expect(opened).toHaveLength(1);
  });

  it('read no secret for a role', async () => {
    const { buckets, opened, stored } = start(key('A'));
    await buckets.open(
      accountWith({ roleArn: 'arn:aws:iam::111122223333:role/export', externalId: 'acme-1' }),
      patience,
    );
    expect(stored.reads).toBe(0);
    expect(opened[0]?.credential).toBeUndefined();
  });

  it('refuse a rotated secret of another storage account, by which the files would go elsewhere', async () => {
    const accountKey = Buffer.alloc(64, 'secret').toString('base64');
    const secret = `AccountName=acmeaudit;AccountKey=${accountKey}`;
    const { buckets, opened, stored } = start(secret);
    const destination = { type: 'azure', storageAccount: 'acmeaudit', container: 'logs' };
    const account = accountWith({}, { destination });
    await buckets.open(account, patience);
    stored.secret = secret.replace('acmeaudit', 'elsewhere');
    const reopening = buckets.reopen(account, patience);
    await expect(reopening).rejects.toMatchObject({ code: 'secret_invalid' });
    await expect(reopening).rejects.toThrow(/elsewhere.*acmeaudit/);
    await expect(reopening).rejects.not.toThrow(accountKey);
    expect(opened).toHaveLength(1);
  });

  it('refuse the secret of another cloud, without quoting it', async () => {
    const { buckets } = start('DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=c2VjcmV0c2VjcmV0');
    const opening = buckets.open(accountWith({}), patience);
    await expect(opening).rejects.toMatchObject({ code: 'secret_invalid' });
    await expect(opening).rejects.not.toThrow(/c2VjcmV0/);
  });
});
