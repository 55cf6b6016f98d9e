import * as z from 'zod';
import type { cloud } from './destination.ts';
import type { Compression, EmptyWindows, Format } from './format.ts';

/** The products that have a kit: files that a customer's team applies to read an account's files. */
export const kitReaders = ['splunk', 'qradar', 'sentinel', 'elastic', 'secops', 'datadog'] as const;
export type KitReader = (typeof kitReaders)[number];

/** The product that reads an account's files. */
export const reader = z.enum([...kitReaders, 'other']);
export type Reader = z.infer<typeof reader>;

export const readerNames: Record<KitReader, string> = {
  splunk: 'Splunk',
  qradar: 'IBM QRadar',
  sentinel: 'Microsoft Sentinel',
  elastic: 'Elastic',
  secops: 'Google SecOps',
  datadog: 'Datadog',
};

type Cloud = z.infer<typeof cloud>;

/** The files that a reader's input for a cloud reads. */
export interface Fit {
  /** The best first. */
  readonly compressions: readonly Compression[];
  /** Why the input cannot read the others. */
  readonly because: string;
  /** What the input does with a file without records, if it cannot read one. Then `emptyWindows` must be `skip`. */
  readonly emptyFiles?: string;
}

const unreadable = (words: string) => ({ impossible: words });

/** For each reader and cloud what can be read, or why nothing can. The source of each fact is in `docs/readers.md`. */
const fits: Record<KitReader, Record<Cloud, Fit | { readonly impossible: string }>> = {
  splunk: {
    s3: { compressions: ['gzip', 'none', 'zip'], because: 'Splunk’s add-on for AWS reads every compression' },
    gcs: { compressions: ['none'], because: 'Splunk’s add-on for Google Cloud unpacks no files' },
    azure: {
      compressions: ['gzip', 'none'],
      because: 'Splunk’s add-on for Microsoft Cloud Services unpacks no zip',
    },
  },
  qradar: {
    s3: {
      compressions: ['gzip', 'zip'],
      because: 'QRadar’s protocol for Amazon S3 is set to one kind of packed file',
    },
    gcs: unreadable('QRadar has no protocol that reads files in Google Cloud Storage'),
    azure: unreadable('QRadar has no protocol that reads files in Azure Blob Storage'),
  },
  sentinel: {
    s3: {
      compressions: ['gzip'],
      because: 'Sentinel’s connector for Amazon S3 is set to gzip and unpacks no zip',
    },
    gcs: unreadable('Sentinel has no connector that reads files in Google Cloud Storage'),
    azure: {
      compressions: ['gzip'],
      because: 'Sentinel’s connector for Azure Blob Storage is set to gzip and unpacks no zip',
    },
  },
  elastic: {
    s3: { compressions: ['gzip', 'none'], because: 'Elastic unpacks no zip' },
    gcs: {
      compressions: ['gzip', 'none'],
      because: 'Elastic unpacks no zip',
      emptyFiles: 'Elastic’s input for Google Cloud Storage fails on an empty file',
    },
    azure: {
      compressions: ['gzip', 'none'],
      because: 'Elastic unpacks no zip',
      emptyFiles: 'Elastic’s input for Azure Blob Storage fails on an empty file',
    },
  },
  secops: {
    s3: { compressions: ['gzip'], because: 'a feed of Google SecOps unpacks gzip and no zip' },
    gcs: { compressions: ['gzip'], because: 'a feed of Google SecOps unpacks gzip and no zip' },
    azure: { compressions: ['gzip'], because: 'a feed of Google SecOps unpacks gzip and no zip' },
  },
  datadog: {
    s3: {
      compressions: ['gzip', 'none'],
      because: 'Datadog’s forwarder makes garbage of a zip, without an error',
    },
    gcs: unreadable('Datadog has no forwarder that reads files in Google Cloud Storage'),
    azure: {
      compressions: ['none'],
      because: 'Datadog’s function for Azure unpacks nothing',
      emptyFiles: 'Datadog’s function for Azure makes an empty event of an empty file',
    },
  },
};

/** What the reader's input for the cloud reads; a text that says why it can read nothing there. */
export function fitOf(name: KitReader, cloud: Cloud): Fit | string {
  const fit = fits[name][cloud];
  return 'impossible' in fit ? fit.impossible : fit;
}

/** The part of an account record that decides whether a reader can read the files. */
export interface Files {
  readonly reader?: Reader | undefined;
  readonly cloud: Cloud;
  readonly format: Format;
  readonly compression: Compression;
  readonly emptyWindows: EmptyWindows;
}

/** Why a kit cannot read a format. */
const unfit: Record<Exclude<Format, 'ndjson'>, string> = {
  json: 'one record a line, and the format json is one array',
  ocsf: 'records by its kit, and the format ocsf has events',
};

/** Why the account's reader cannot read its files, a reason for each attribute to change. Empty if it can. */
export function misfits({ reader: name, cloud, format, compression, emptyWindows }: Files): string[] {
  if (name === undefined || name === 'other') return [];
  const fit = fitOf(name, cloud);
  if (typeof fit === 'string') return [`${fit}. Choose another destination or reader`];
  const { compressions, because, emptyFiles } = fit;
  return [
    ...(format === 'ndjson' ? [] : [`${readerNames[name]} reads ${unfit[format]}: expected format ndjson`]),
    ...(compressions.includes(compression)
      ? []
      : [`${because}: expected compression ${compressions.join(' or ')}, got ${compression}`]),
    ...(emptyFiles !== undefined && emptyWindows === 'file'
      ? [`${emptyFiles}: expected emptyWindows skip, got file`]
      : []),
  ];
}
