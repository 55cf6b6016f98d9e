import { describe, expect, it } from 'vitest';
import { type Account, parseAccount, parseSchedule } from '../../../lambdas/domain/account.ts';
import { ExportError } from '../../../lambdas/domain/failure.ts';
import { objectKey } from '../../../lambdas/domain/object-key.ts';

const s3 = { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' };
const gcs = { type: 'gcs', bucket: 'acme-audit' };
const azure = { type: 'azure', storageAccount: 'acmeaudit', container: 'audit' };
const record = {
  accountId: 'acme',
  timeZone: 'Asia/Kolkata',
  status: 'active',
  destination: s3,
  secretId: 'siem-export/acme',
};

function faultsOf(value: unknown): string[] {
  try {
    parseAccount(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ExportError);
    if (!(error instanceof ExportError)) throw error;
    expect(error.code).toBe('account_invalid');
    expect(error.cause).toBeUndefined();
    return error.message.replace('The account record is invalid: ', '').split('; ');
  }
  return [];
}

const destinationFaults = (destination: unknown) => faultsOf({ ...record, destination });

describe('a valid account record', () => {
  it('gets what the source document names as defaults', () => {
    const defaults = { format: 'ndjson', compression: 'zip', emptyWindows: 'file' };
    expect(parseAccount(record)).toEqual({ ...record, ...defaults } as Account);
  });

  it('may say everything', () => {
    const all = {
      ...record,
      status: 'paused',
      exportFrom: '2026-11-22T00:00:00+05:30',
      addOnExpiresAt: '9999-12-31T23:59:59.999Z',
      destination: {
        ...s3,
        prefix: 'siem/prod/',
        expectedBucketOwner: '123456789012',
        kmsKeyId: 'alias/siem',
      },
      format: 'json',
      compression: 'gzip',
    };
    expect(parseAccount(all)).toMatchObject({
      exportFrom: Date.parse('2026-11-21T18:30Z'),
      addOnExpiresAt: Date.parse('9999-12-31T23:59:59.999Z'),
      destination: { prefix: 'siem/prod' },
    });
  });

  it('needs no secret with a role', () => {
    const destination = { ...s3, roleArn: 'arn:aws:iam::123456789012:role/siem', externalId: 'x-1' };
    expect(faultsOf({ ...record, secretId: undefined, destination })).toEqual([]);
  });

  it.each([
    ['emoji', '😀'],
    ['a path', '../../x'],
    ['a slash', 'a/b'],
    ['128 letters', 'a'.repeat(128)],
    ['162 bytes', `${'😀'.repeat(40)}ab`],
  ])('may have an id with %s', (_, accountId) => {
    expect(parseAccount({ ...record, accountId }).accountId).toBe(accountId);
  });

  it.each(['Asia/Kolkata', 'Asia/Calcutta', 'UTC', 'Australia/Lord_Howe'])('may be in %s', timeZone => {
    expect(faultsOf({ ...record, timeZone })).toEqual([]);
  });

  it('may have attributes that are the operator’s own, but not in the destination', () => {
    expect(parseAccount({ ...record, customerName: 'Acme' })).not.toHaveProperty('customerName');
    expect(destinationFaults({ ...gcs, region: 'eu' })).toEqual([
      'destination: expected no attribute region',
    ]);
  });
});

describe('faults of an account record', () => {
  it('are told all at once, those between attributes too', () => {
    expect(
      faultsOf({
        accountId: 5,
        timeZone: 'Mars/Olympus',
        exportFrom: 'yesterday',
        status: 'on',
        destination: { type: 's3', bucket: 7, region: 'Frankfurt', externalId: 'x-1' },
        format: 'csv',
      }),
    ).toEqual([
      'accountId: expected text, got number',
      'timeZone: expected an IANA time zone name such as Europe/Berlin, spelled exactly so, got other text',
      'exportFrom: expected an instant in ISO 8601 with its offset, such as 2026-11-22T18:30:00Z, got other text',
      'status: expected active or paused, got other text',
      'destination.bucket: expected text, got number',
      'destination.region: expected a region such as eu-central-1, got other text',
      'format: expected ndjson or json or ocsf, got other text',
      'secretId: expected the name of a secret, got nothing',
      'destination.roleArn: expected a role beside externalId, got nothing',
    ]);
  });

  it('of an empty record name what it needs', () => {
    expect(faultsOf({})).toEqual([
      'accountId: expected text, got nothing',
      'timeZone: expected text, got nothing',
      'status: expected active or paused, got nothing',
      'destination: expected exactly one destination, a map, got nothing',
      'secretId: expected the name of a secret, got nothing',
    ]);
  });

  it.each([undefined, null, 5, 'text', []])('%j is no record', value => {
    expect(faultsOf(value)[0]).toMatch(/^expected map, got /);
  });

  it('a role needs an external id', () => {
    expect(destinationFaults({ ...s3, roleArn: 'arn:aws:iam::123456789012:role/siem' })).toEqual([
      'destination.externalId: expected an external id beside roleArn, got nothing',
    ]);
  });

  it.each([
    ['of no known kind', { type: 'ftp' }, 'destination.type: expected s3, gcs or azure, got other text'],
    ['without kind', {}, 'destination.type: expected s3, gcs or azure, got nothing'],
    ['that is a list', [s3, gcs], 'destination: expected exactly one destination, a map, got list'],
    [
      'that is two',
      { ...s3, container: 'audit' },
      'destination: expected exactly one destination, got both bucket and container',
    ],
  ])('a destination %s', (_, destination, fault) => {
    expect(destinationFaults(destination)).toContain(fault);
  });

  it('prototype keys are attributes like any other', () => {
    const hostile = JSON.parse('{"type":"gcs","bucket":"acme-audit","__proto__":{"roleArn":"x"}}');
    expect(destinationFaults(hostile)).toEqual(['destination: expected no attribute __proto__']);
    expect(faultsOf(JSON.parse('{"__proto__":{"accountId":"acme"},"constructor":1}'))).toContain(
      'accountId: expected text, got nothing',
    );
  });

  it('every file must have a name that can be saved', () => {
    const longest = `${'😀'.repeat(40)}ab`;
    expect(faultsOf({ ...record, accountId: longest })).toEqual([]);
    const file = {
      accountId: longest,
      windowEnd: Date.UTC(2026, 10, 22, 8),
      part: 2,
      compression: 'gzip',
    } as const;
    expect(Buffer.byteLength(objectKey(undefined, file).split('/').at(-1) ?? '')).toBeLessThanOrEqual(255);
    for (const accountId of [`${longest}a`, '😀'.repeat(128)])
      expect(faultsOf({ ...record, accountId })).toEqual([
        `accountId: expected at most 162 bytes of UTF-8, so that a file's name has at most 255, got ${Buffer.byteLength(accountId)}`,
      ]);
  });

  it('an id and prefix must fit into a key', () => {
    const destination = { ...s3, prefix: 'é'.repeat(500) };
    expect(destinationFaults(destination)).toEqual([
      expect.stringMatching(
        /^destination.prefix: expected a prefix that, with the id, makes object keys of at most 1024 bytes, got \d+$/,
      ),
    ]);
  });

  it.each(['', 'a'.repeat(129), '😀'.repeat(129), '\ud800'])('%j is no account id', accountId => {
    expect(faultsOf({ ...record, accountId }).join()).toMatch(/^accountId: expected/);
  });
});

describe('instants', () => {
  it.each([
    '2026-02-30T00:00:00Z',
    '2026-11-22',
    '2026-11-22T00:00:00',
    '2026-11-22T25:00:00Z',
    '2026-11-22T00:00:00+99:99',
    '1999-12-31T23:59:59Z',
    '2100-01-01T00:00:00Z',
    '0206-11-22T00:00:00Z',
    1_795_000_000_000,
    null,
  ])('%j is no instant to export from', exportFrom => {
    expect(faultsOf({ ...record, exportFrom })).toEqual([expect.stringMatching(/^exportFrom: expected /)]);
  });

  it.each(['2000-01-01T00:00:00Z', '2026-11-22T00:00Z', '2026-11-22T00:00:00.123456789-08:00'])(
    '%s is',
    text => {
      expect(parseAccount({ ...record, exportFrom: text }).exportFrom).toBe(Date.parse(text));
    },
  );

  it('an add-on cannot have ended before the year 2000', () => {
    expect(faultsOf({ ...record, addOnExpiresAt: '0206-01-01T00:00:00Z' })).toEqual([
      'addOnExpiresAt: expected an instant between the years 2000 and 9999, got other text',
    ]);
  });
});

describe('bucket and container names', () => {
  it.each(['acme', 'acme.audit.logs', 'a-1', 'a'.repeat(63), '1.2.3.4.5', 'acme-xyz-s3alias'])(
    'S3 takes %s',
    bucket => {
      expect(destinationFaults({ ...s3, bucket })).toEqual([]);
    },
  );
  it.each([
    'ab',
    'Acme',
    'acme_audit',
    'a..b',
    '-acme',
    'acme-',
    'a'.repeat(64),
    '192.168.5.4',
    'a/b',
    'a?b',
    '',
    'acme--x-s3',
    'acme--use1-az4--x-s3',
    'acme--table-s3',
    'acme-0example--op-s3',
    'acme.mrap',
  ])('S3 does not take %j', bucket => {
    expect(destinationFaults({ ...s3, bucket })).toEqual([
      expect.stringMatching(/^destination.bucket: expected a/),
    ]);
  });

  const domain = `${'a'.repeat(63)}.${'b'.repeat(63)}.example.com`;
  it.each(['acme', 'acme_audit', 'audit.acme.com', domain])('Google Cloud Storage takes %s', bucket => {
    expect(destinationFaults({ ...gcs, bucket })).toEqual([]);
  });
  it.each(['ab', 'Acme', 'a..b', '_acme', 'a'.repeat(64), '10.0.0.1', 'a/b', '../x'])(
    'Google Cloud Storage does not take %j',
    bucket => {
      expect(destinationFaults({ ...gcs, bucket })).toHaveLength(1);
    },
  );

  it.each(['abc', '123', 'a'.repeat(24)])('Azure takes the storage account %s', storageAccount => {
    expect(destinationFaults({ ...azure, storageAccount })).toEqual([]);
  });
  it.each([
    'ab',
    'a'.repeat(25),
    'Acme',
    'acme-audit',
    'acme.audit',
    'acmé',
    '',
    ' acme',
    5,
    null,
    undefined,
  ])('Azure does not take the storage account %j, and says what to put there', storageAccount => {
    expect(destinationFaults({ ...azure, storageAccount })).toEqual([
      expect.stringMatching(
        /^destination\.storageAccount: expected the name of the storage account, 3 to 24 lower-case letters and digits, got /,
      ),
    ]);
  });
  it.each([undefined, 'public', 'usgovernment', 'china'])('Azure takes the cloud %j', cloud => {
    expect(destinationFaults({ ...azure, cloud })).toEqual([]);
  });
  it('no other cloud', () => {
    expect(destinationFaults({ ...azure, cloud: 'moon' })).toEqual([
      'destination.cloud: expected public or usgovernment or china, got other text',
    ]);
  });

  it.each(['audit', 'a-1', '1ab', 'a'.repeat(63)])('Azure takes %s', container => {
    expect(destinationFaults({ ...azure, container })).toEqual([]);
  });
  it.each(['$root', '$web', '$logs', 'ab', 'a--b', '-ab', 'ab-', 'Audit', 'a_b', 'a.b', 'a'.repeat(64)])(
    'Azure does not take %j',
    container => {
      expect(destinationFaults({ ...azure, container })).toHaveLength(1);
    },
  );

  it.each(['eu-central-1', 'us-gov-west-1', 'us-isob-east-1', 'eusc-de-east-1', 'ap-southeast-7'])(
    'a region may be %s',
    region => {
      expect(destinationFaults({ ...s3, region })).toEqual([]);
    },
  );
  it.each(['eu', 'EU-CENTRAL-1', 'eu-central-1.evil.com', 'eu-central-1/'])('and may not be %j', region => {
    expect(destinationFaults({ ...s3, region })).toHaveLength(1);
  });
});

describe('prefixes', () => {
  it.each([
    ['siem', 'siem'],
    ['siem/prod//', 'siem/prod'],
    ['v1.2/x', 'v1.2/x'],
    ['日本', '日本'],
  ])('%j is taken as %j', (prefix, taken) => {
    expect(parseAccount({ ...record, destination: { ...azure, prefix } }).destination.prefix).toBe(taken);
  });
  it.each(['', '/x', '..', 'a/../b', './a', 'a./b', 'a\\b', 'a\nb', 'a\u0000', '\ud800', 'a'.repeat(513)])(
    '%j is not',
    prefix => {
      expect(destinationFaults({ ...s3, prefix }).join()).toMatch(/^destination.prefix: expected/);
    },
  );
});

describe('parseSchedule', () => {
  it('reads what decides the windows, whatever else is wrong', () => {
    expect(parseSchedule({ accountId: 'acme', timeZone: 'UTC', destination: 5, status: 'on' })).toEqual({
      accountId: 'acme',
      timeZone: 'UTC',
    });
  });

  it('is nothing where that part is wrong itself', () => {
    expect(parseSchedule({ ...record, timeZone: 'Mars/Olympus' })).toBeUndefined();
    expect(parseSchedule(undefined)).toBeUndefined();
  });
});
