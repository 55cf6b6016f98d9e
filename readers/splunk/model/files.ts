import { readNotification } from '../../amazon/notification-model.ts';
import type { Kit, KitInput } from '../../kit.ts';
import type { StoredObject } from '../../model.ts';
import { type Conf, parseConf, setting } from './conf-parser.ts';
import { asPlain, byCustomLogs, byGooglePieces, byGzip, unpacked } from './delivery.ts';
import type { SearchConfs } from './search-time.ts';

const app = 'TA-siem-export';

/** @throws TypeError if the kit has no such file */
export function fileText(kit: Kit, path: string): string {
  const file = kit.find(candidate => candidate.path === path);
  if (file === undefined) throw new TypeError(`The kit has no ${path}`);
  return file.text;
}

const confs = new Map<string, Conf>();

/** A `.conf` file of the app, parsed once for each text. */
export function appConf(kit: Kit, name: string): Conf {
  const text = fileText(kit, `${app}/default/${name}.conf`);
  const conf = confs.get(text) ?? parseConf(text);
  confs.set(text, conf);
  return conf;
}

export function searchConfs(kit: Kit): SearchConfs {
  return {
    props: appConf(kit, 'props'),
    transforms: appConf(kit, 'transforms'),
    eventtypes: appConf(kit, 'eventtypes'),
    tags: appConf(kit, 'tags'),
    lookupText: filename => fileText(kit, `${app}/lookups/${filename}`),
  };
}

/** What the kit's input takes and where it puts it. */
export interface Input {
  readonly sourcetype: string;
  readonly index: string;
  /** The text of an object; `undefined` if the input never sees the object. */
  text(object: StoredObject): Promise<string> | undefined;
}

export function inputOf(kit: Kit, { source }: KitInput): Input {
  const inputs = appConf(kit, 'inputs');
  const [stanza = ''] = inputs.keys();
  const get = (key: string) => setting(inputs, stanza, key);
  const target = { sourcetype: get('sourcetype'), index: get('index') };
  switch (source.type) {
    case 's3': {
      const sees = readNotification(fileText(kit, 'aws/notification.json'), 'queue');
      return { ...target, text: object => (sees(object.key) ? unpacked(object, byCustomLogs) : undefined) };
    }
    case 'gcs': {
      const prefix = objectPrefix(fileText(kit, 'gcp/set-up.sh'));
      const sees = ({ key }: StoredObject) => key.startsWith(prefix);
      return { ...target, text: object => (sees(object) ? unpacked(object, byGooglePieces) : undefined) };
    }
    case 'azure': {
      const prefix = get('prefix');
      const unpack = get('blob_compression') === 'gzip' ? byGzip : asPlain;
      return {
        ...target,
        text: object => (object.key.startsWith(prefix) ? unpacked(object, unpack) : undefined),
      };
    }
  }
}

function objectPrefix(script: string): string {
  const prefix = /--object-prefix='((?:[^']|'\\'')*)'$/m.exec(script)?.[1];
  if (prefix === undefined) throw new TypeError('The script makes no notification with a prefix');
  return prefix.replaceAll(String.raw`'\''`, "'");
}
