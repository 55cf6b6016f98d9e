import { describe, expect, test } from 'vitest';
import {
  cloudsFor,
  fittingCommand,
  misfitsOfRecord,
  readerChoices,
  readerMisfits,
  readerWarnings,
  withFittingFiles,
} from '../../../../../cli/stage/account/reader-fit.ts';
import { type Account, parseAccount } from '../../../../../lambdas/domain/account.ts';
import { type Reader, reader } from '../../../../../lambdas/domain/reader.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
};

describe('the files of a record', () => {
  test('that names no reader, or fits the one that it names, have no misfit', () => {
    expect(readerMisfits(parseAccount(record))).toEqual([]);
    expect(misfitsOfRecord({ ...record, reader: 'other' })).toEqual([]);
    expect(misfitsOfRecord({ ...record, reader: 'splunk', compression: 'none' })).toEqual([]);
  });

  test('that the reader cannot read have a reason each', () => {
    expect(misfitsOfRecord({ ...record, reader: 'elastic' })).toEqual([
      expect.stringContaining('expected compression gzip or none, got zip'),
      expect.stringContaining('expected emptyWindows skip, got file'),
    ]);
  });

  test('are not judged if the record is invalid, which is told elsewhere', () => {
    expect(misfitsOfRecord({ ...record, reader: 'elastic', timeZone: 'Mars' })).toEqual([]);
    expect(misfitsOfRecord({ ...record, reader: 'splnk' })).toEqual([]);
    expect(misfitsOfRecord(undefined)).toEqual([]);
  });
});

describe('the command that makes the files fit', () => {
  const update = 'siem-export --stage prod account update acme';
  const optionsOf = (account: Account, name: Reader | undefined) =>
    fittingCommand(account, name, 'siem-export --stage prod').slice(update.length).trim();

  test.each([
    [{}, undefined, ''],
    [{}, 'other', ''],
    [{ compression: 'none' }, 'splunk', ''],
    [{}, 'splunk', '--compression none'],
    [{ format: 'ocsf' }, 'splunk', '--format ndjson --compression none'],
    [{ format: 'json' }, 'elastic', '--format ndjson --compression gzip --empty-windows skip'],
    [{ compression: 'gzip', emptyWindows: 'skip' }, 'elastic', ''],
    [{}, 'qradar', '--reader <product>'],
  ] as const)('of %j for %s has the options %j', (changes, name, options) => {
    expect(optionsOf(parseAccount({ ...record, ...changes }), name)).toBe(options);
  });

  test('is in the warning about the reader of the record', () => {
    expect(
      readerWarnings(parseAccount({ ...record, reader: 'elastic' }), 'siem-export --stage prod'),
    ).toEqual([
      `Elastic unpacks no zip: expected compression gzip or none, got zip; Elastic’s input for Google Cloud Storage fails on an empty file: expected emptyWindows skip, got file → ${update} --compression gzip --empty-windows skip`,
    ]);
    expect(readerWarnings(parseAccount({ ...record, reader: 'secops', compression: 'gzip' }), 'x')).toEqual(
      [],
    );
  });

  test('leaves no misfit behind', () => {
    for (const name of reader.options)
      for (const type of cloudsFor(name)) {
        const destination = {
          s3: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
          gcs: { type: 'gcs', bucket: 'acme-audit' },
          azure: { type: 'azure', storageAccount: 'acme', container: 'audit' },
        }[type];
        const account = parseAccount({ ...record, destination, format: 'json' });
        const changes = Object.fromEntries(
          [...optionsOf(account, name).matchAll(/(--[\w-]+) (\w+)/g)].map(([, option, value]) => [
            attributes[option as keyof typeof attributes],
            value,
          ]),
        );
        expect({ name, type, left: misfitsOfRecord({ ...account, reader: name, ...changes }) }).toEqual({
          name,
          type,
          left: [],
        });
      }
  });
});

const attributes = {
  '--format': 'format',
  '--compression': 'compression',
  '--empty-windows': 'emptyWindows',
} as const;

describe('the options of a new account', () => {
  test('get what the reader takes, as far as they leave it open', () => {
    const given = { reader: 'elastic', destination: 'gcs' };
    expect(withFittingFiles(given)).toEqual({ ...given, compression: 'gzip', emptyWindows: 'skip' });
    const chosen = { ...given, compression: 'none', emptyWindows: 'file' };
    expect(withFittingFiles(chosen)).toEqual(chosen);
    expect(withFittingFiles({ reader: 'splunk', destination: 's3' })).toMatchObject({
      compression: 'gzip',
      emptyWindows: 'file',
    });
  });

  test.each([
    [{}],
    [{ destination: 's3' }],
    [{ reader: 'other', destination: 's3' }],
    [{ reader: 'splunk' }],
    [{ reader: 'splnk', destination: 's3' }],
    [{ reader: 'splunk', destination: 'ftp' }],
  ])('stay as they are without a reader that has a kit and a cloud: %j', options => {
    expect(withFittingFiles(options)).toBe(options);
  });

  test('are refused for a cloud that the reader cannot read', () => {
    expect(() => withFittingFiles({ reader: 'qradar', destination: 'gcs' })).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringMatching(/QRadar has no protocol .*--reader other/),
      }),
    );
  });
});

test('the clouds to choose from are those that the reader reads', () => {
  expect(cloudsFor('qradar')).toEqual(['s3']);
  expect(cloudsFor('datadog')).toEqual(['s3', 'azure']);
  for (const name of ['splunk', 'other', undefined]) expect(cloudsFor(name)).toEqual(['s3', 'gcs', 'azure']);
});

test('every reader can be chosen that reads from the cloud', () => {
  const choices = (cloud?: string) => readerChoices(cloud).map(({ value }) => value);
  for (const cloud of [undefined, 's3', 'ftp']) expect(choices(cloud)).toEqual(reader.options);
  expect(choices('gcs')).toEqual(['splunk', 'elastic', 'secops', 'other']);
});
