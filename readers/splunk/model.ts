import type { Kit, KitInput } from '../kit.ts';
import type { ReaderModel } from '../model.ts';
import { type AllowedConf, allowedConfs } from './model/allowed.ts';
import { cloudFaults } from './model/cloud-faults.ts';
import { type Conf, parseConf } from './model/conf-parser.ts';
import { actionFaults, nullFaults } from './model/field-faults.ts';
import { fileText, inputOf, searchConfs } from './model/files.ts';
import { indexed } from './model/indexing.ts';
import { fieldReader } from './model/search-time.ts';

const cloudPaths = {
  s3: ['aws/queue.template.json', 'aws/notification.json'],
  gcs: ['gcp/set-up.sh', 'gcp/condition.json'],
  azure: [],
};

/**
 * Splunk with one of its add-ons: the bucket's notification or the listing, unpacking, indexing by `props.conf`, and
 * fields by the search-time settings. The placeholders of the kit stand for the customer's values.
 */
export const model: ReaderModel = {
  async faultsOf(kit, input) {
    const faults = [...pathFaults(kit, input), ...confFaults(kit, input)];
    // Without its files and settings, what the rest would look at is not there.
    return faults.length > 0
      ? faults
      : [...cloudFaults(kit, input), ...nullFaults(kit), ...actionFaults(kit, input)];
  },

  async read(kit, input, objects) {
    const { sourcetype, index, text } = inputOf(kit, input);
    const confs = searchConfs(kit);
    const fieldsOf = fieldReader(confs, sourcetype);
    const texts = await Promise.all(objects.map(text));
    return texts
      .flatMap(content => (content === undefined ? [] : indexed(confs.props, sourcetype, content)))
      .map(event => ({ index, ...fieldsOf(event) }));
  },
};

function pathFaults(kit: Kit, { source }: KitInput): string[] {
  const confs = ['app', 'inputs', 'props', 'transforms', 'macros', 'eventtypes', 'tags', 'savedsearches'];
  const expected = [
    'README.md',
    ...confs.map(name => `TA-siem-export/default/${name}.conf`),
    'TA-siem-export/metadata/default.meta',
    'TA-siem-export/lookups/actions.csv',
    ...cloudPaths[source.type],
  ];
  const paths = kit.map(({ path }) => path);
  return [
    ...expected.filter(path => !paths.includes(path)).map(path => `${path} is missing`),
    ...paths.filter(path => !expected.includes(path)).map(path => `${path} is in no place of an app`),
  ];
}

function confFaults(kit: Kit, input: KitInput): string[] {
  return Object.entries(allowedConfs(input)).flatMap(([path, allowed]) =>
    differences(parseConf(fileText(kit, `TA-siem-export/${path}`)), allowed).map(
      fault => `${path}: ${fault}`,
    ),
  );
}

function differences(conf: Conf, allowed: AllowedConf): string[] {
  const unknown = [...conf].flatMap(([stanza, settings]) =>
    [...settings.keys()]
      .filter(key => allowed[stanza]?.[key] === undefined)
      .map(key => `[${stanza}] ${key} is unknown`),
  );
  const wrong = Object.entries(allowed).flatMap(([stanza, settings]) =>
    Object.entries(settings).flatMap(([key, value]) => {
      const actual = conf.get(stanza)?.get(key);
      if (actual === undefined) return [`[${stanza}] ${key} is missing`];
      const fits = typeof value === 'string' ? actual === value : value.test(actual);
      return fits ? [] : [`[${stanza}] ${key} is ${actual}, expected ${value}`];
    }),
  );
  return [...unknown, ...wrong];
}
