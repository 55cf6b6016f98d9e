import { type Meaning, meaningOf } from '../../../lambdas/domain/actions.ts';
import type { Kit, KitInput } from '../../kit.ts';
import { setting } from './conf-parser.ts';
import { evaluate } from './eval.ts';
import { searchConfs } from './files.ts';
import { createLookup, parseLookup } from './lookup.ts';

const sourcetype = 'siem_export:audit';

const changeActions: Readonly<Record<string, string>> = {
  logout: 'logoff',
  create: 'created',
  read: 'read',
  update: 'modified',
  delete: 'deleted',
  permission: 'acl_modified',
};

/** What an event with the meaning has in the Common Information Model; nothing if no rule matches. */
export function normalised({ verb, outcome }: Meaning): object {
  if (verb === 'other') return {};
  return { verb, action: verb === 'login' ? outcome : changeActions[verb], status: outcome };
}

/** What the kit's expression and lookup give for an action. */
export function actionReader(kit: Kit): (action: string) => object {
  const { props, transforms, lookupText } = searchConfs(kit);
  const lookup = parseLookup(setting(props, sourcetype, 'LOOKUP-siem_export_actions'));
  const find = createLookup(transforms, lookup, lookupText);
  const encode = setting(props, sourcetype, `EVAL-${lookup.eventField}`);
  return action => find(evaluate(encode, new Map([['Action', action]])) ?? '');
}

/** The rules whose actions the kit normalises otherwise than they say. */
export function actionFaults(kit: Kit, { actions }: KitInput): string[] {
  const read = actionReader(kit);
  const names = actions.map(({ kind, text }) => (kind === 'glob' ? text.replaceAll('*', ' x ') : text));
  const probes = [...names, ...names.map(name => `${name} x`), String.raw`100% * \ "`];
  const { props } = searchConfs(kit);
  const encoding = setting(props, sourcetype, 'EVAL-siem_export_action');
  return [
    ...probes.flatMap(name => {
      const wanted = JSON.stringify(normalised(meaningOf(name, actions)));
      const got = JSON.stringify(read(name));
      return got === wanted ? [] : [`${JSON.stringify(name)} becomes ${got}, expected ${wanted}`];
    }),
    ...(evaluate(encoding, new Map([['Action', String.raw`%*\ a`]])) === '%⁎⧵ a' &&
    evaluate(encoding, new Map([['Action', 'null']])) === null
      ? []
      : ['EVAL-siem_export_action encodes otherwise than the lookup']),
  ];
}

const recordFields = ['Email', 'Action', 'Action ID', 'Description', 'IP Address'];

/** The calculated fields that would have the text `null` for a record without values. */
export function nullFaults(kit: Kit): string[] {
  const { props } = searchConfs(kit);
  const nulls = new Map(recordFields.map(name => [name, 'null']));
  return ['user', 'src', 'command', 'event_id', 'description'].flatMap(name =>
    evaluate(setting(props, sourcetype, `EVAL-${name}`), nulls) === null
      ? []
      : [`${name} of a null has a value`],
  );
}
