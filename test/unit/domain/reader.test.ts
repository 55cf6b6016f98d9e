import { describe, expect, it } from 'vitest';
import {
  type Files,
  fitOf,
  type KitReader,
  kitReaders,
  misfits,
  reader,
  readerNames,
} from '../../../lambdas/domain/reader.ts';

const clouds = ['s3', 'gcs', 'azure'] as const;
const pairs = kitReaders.flatMap(name => clouds.map(cloud => ({ name, cloud })));
const best: Files = {
  reader: 'splunk',
  cloud: 's3',
  format: 'ndjson',
  compression: 'gzip',
  emptyWindows: 'file',
};

describe('the readers', () => {
  it('are those with a kit, and any other', () => {
    expect(reader.options).toEqual([...kitReaders, 'other']);
    expect(Object.keys(readerNames)).toEqual([...kitReaders]);
  });

  it.each(kitReaders)('%s reads from Amazon S3', name => {
    expect(fitOf(name, 's3')).toMatchObject({ compressions: expect.arrayContaining(['gzip']) });
  });
});

describe.each(pairs)('$name and $cloud', ({ name, cloud }) => {
  const fit = fitOf(name, cloud);

  it('either read something or say why not', () => {
    if (typeof fit === 'string') expect(fit).toMatch(/^\w.*[^.]$/);
    else expect(new Set(fit.compressions).size).toBe(fit.compressions.length);
  });

  it('have no misfit for exactly the files that can be read', () => {
    for (const compression of ['zip', 'gzip', 'none'] as const)
      for (const emptyWindows of ['file', 'skip'] as const) {
        const readable =
          typeof fit !== 'string' &&
          fit.compressions.includes(compression) &&
          (fit.emptyFiles === undefined || emptyWindows === 'skip');
        const reasons = misfits({ reader: name, cloud, format: 'ndjson', compression, emptyWindows });
        expect({ compression, emptyWindows, readable: reasons.length === 0 }).toEqual({
          compression,
          emptyWindows,
          readable,
        });
      }
  });
});

describe('misfits', () => {
  it('are none for files whose reader is unknown or has no kit', () => {
    const files: Files = { ...best, cloud: 'gcs', format: 'json', compression: 'zip' };
    expect(misfits({ ...files, reader: undefined })).toEqual([]);
    expect(misfits({ ...files, reader: 'other' })).toEqual([]);
  });

  it('are one for each attribute to change', () => {
    expect(misfits({ ...best, reader: 'elastic', cloud: 'gcs', format: 'json', compression: 'zip' })).toEqual(
      [
        'Elastic reads one record a line, and the format json is one array: expected format ndjson',
        'Elastic unpacks no zip: expected compression gzip or none, got zip',
        'Elastic’s input for Google Cloud Storage fails on an empty file: expected emptyWindows skip, got file',
      ],
    );
  });

  it('are one for a cloud that the reader cannot read', () => {
    expect(
      misfits({ ...best, reader: 'qradar', cloud: 'azure', format: 'json', compression: 'none' }),
    ).toEqual([
      'QRadar has no protocol that reads files in Azure Blob Storage. Choose another destination or reader',
    ]);
  });

  it('are one for OCSF events, which no kit reads', () => {
    expect(misfits({ ...best, reader: 'splunk', format: 'ocsf' })).toEqual([
      'Splunk reads records by its kit, and the format ocsf has events: expected format ndjson',
    ]);
  });
});

it.each<[KitReader, (typeof clouds)[number], string]>([
  ['splunk', 's3', 'gzip'],
  ['splunk', 'gcs', 'none'],
  ['splunk', 'azure', 'gzip'],
  ['datadog', 'azure', 'none'],
  ['sentinel', 'azure', 'gzip'],
])('the best compression for %s and %s is %s', (name, cloud, compression) => {
  expect(fitOf(name, cloud)).toMatchObject({
    compressions: expect.objectContaining({ 0: compression }),
  });
});
