import type { Kit, KitInput } from '../kit.ts';
import type { ReaderEvent, ReaderModel, StoredObject } from '../model.ts';
import { faultsOfDetections } from './model/detections.ts';
import { atKeypath, type Extension, eventNamesOf, extract, parseExtension } from './model/extension.ts';
import { allows, faultsOfPolicy, type Policy } from './model/iam.ts';
import { faultsOfLogSource, type LogSource, parseLogSource, takes } from './model/log-source.ts';
import { faultsOfQids, type Qids } from './model/qids.ts';
import { type Line, linesOf } from './model/unpack.ts';

/** QRadar with its protocol for Amazon S3, method "Use a Specific Prefix". Its own engine was not to be had. */
export const model: ReaderModel = {
  async faultsOf(kit, input) {
    const { logSource, extension, qids, policy } = parse(kit);
    return [
      ...faultsOfLogSource(logSource, input),
      ...faultsOfQids(qids, eventNamesOf(extension)),
      ...(qids.logSourceType === logSource['Log Source Type'] ? [] : ['qids.json: another log source type']),
      ...(qids.eventCategory === extension.eventCategory ? [] : ['qids.json: another event category']),
      ...faultsOfPolicy(policy, bucketArn(input)),
      ...faultsOfDetections(kit, logSource, qids),
    ];
  },

  async read(kit, input, objects) {
    const files = parse(kit);
    return collected(files, input, objects).flatMap(object =>
      linesOf(object).map(line => eventOf(line, files.extension, files.qids)),
    );
  },
};

interface KitFiles {
  readonly logSource: LogSource;
  readonly extension: Extension;
  readonly qids: Qids;
  readonly policy: Policy;
}

function parse(kit: Kit): KitFiles {
  const text = (path: string) => kit.find(file => file.path === path)?.text ?? '';
  return {
    logSource: parseLogSource(text('logsource.txt')),
    extension: parseExtension(text('lsx.xml')),
    qids: JSON.parse(text('qids.json')),
    policy: JSON.parse(text('iam-policy.json')),
  };
}

/** The objects that QRadar may read and reads, by ascending key. It skips those of 0 bytes. */
function collected({ logSource, policy }: KitFiles, input: KitInput, objects: readonly StoredObject[]) {
  const bucket = bucketArn(input);
  if (!allows(policy, 's3:ListBucket', bucket, logSource['Directory Prefix'])) return [];
  return objects
    .filter(({ key, body }) => takes(logSource, key) && body.length > 0)
    .filter(({ key }) => allows(policy, 's3:GetObject', `${bucket}/${key}`))
    .toSorted((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)));
}

function bucketArn({ source }: KitInput): string {
  return `arn:aws:s3:::${source.type === 's3' ? source.bucket : ''}`;
}

/** An event as QRadar shows it: what the extension extracts, its QID record, and the custom properties. */
export function eventOf({ text, record }: Line, extension: Extension, qids: Qids): ReaderEvent {
  const { EventName, DeviceTime, UserName, SourceIp } = extract(extension, text, record);
  const qid = qids.events.find(({ eventName }) => eventName === EventName);
  const values = {
    deviceTime: DeviceTime,
    username: UserName,
    sourceIp: SourceIp,
    eventName: qid?.name ?? 'Unknown',
    category: qid?.lowLevelCategory,
    severity: qid?.severity,
    ...Object.fromEntries(
      qids.properties.map(({ name, expression }) => [name, atKeypath(record, expression)]),
    ),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
