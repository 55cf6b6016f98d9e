import type { Actions, Rule } from '../../lambdas/domain/actions.ts';
import type { KitInput, Product } from '../kit.ts';
import { block, chain, type Lines, matches, mutate, plain, quoted } from './cbn-text.ts';
import { authentication, eventTypes, failedLoginCategory, resultActions, typeWithoutUser } from './udm.ts';

/** The token that is output; its fields are those of UDM. */
const udm = (field: string) => `event.idm.read_only_udm.${field}`;

/** The tokens that take the texts of a record. A number becomes text; what is null or absent leaves the token empty. */
const texts = [
  ['Email', 'user_text'],
  ['Action', 'action_text'],
  ['action_id', 'id_text'],
  ['Description', 'description_text'],
] as const;

/** The parser for the product's log type: it turns a line of a delivered file into a UDM event. */
export function parserConf({ product, actions }: KitInput): string {
  const body = [
    '# A condition on a token that does not exist ends the parser with an error, so each exists from the start.',
    ...mutate('replace', [
      ...texts.map(([, token]) => [token, ''] as const),
      ['verb', 'other'],
      ['outcome', ''],
      ['has_user', ''],
      ['result_action', ''],
    ]),
    '',
    '# A token cannot have a space in its name. A value cannot contain these texts: its quotes are escaped.',
    ...block('mutate', [`gsub => ["message", '"Action ID":', '"action_id":']`]),
    ...block('mutate', [`gsub => ["message", '"IP Address":', '"ip_address":']`]),
    ...block('json', ['source => "message"', 'on_error => "not_json"']),
    ...block('if [not_json]', block('drop', ['tag => "TAG_MALFORMED_MESSAGE"'])),
    '',
    ...texts.flatMap(([name, token]) => [
      ...mutate('convert', [[name, 'string']], `${token}_is_text`),
      ...mutate('replace', [[token, `%{${name}}`]], `no_${token}`),
    ]),
    '',
    ...metadata(product),
    '',
    ...principal(),
    '',
    ...action(actions),
    '',
    ...eventType(product),
    '',
    ...securityResult(),
    '',
    ...mutate('merge', [['@output', 'event']]),
  ];
  return [
    `# Parser of Google SecOps for the audit log of ${oneLine(product.name)}.`,
    ...block('filter', body),
    '',
  ].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function present(token: string): string {
  return `[${token}] not in ["", "null"]`;
}

function metadata(product: Product): Lines {
  const optional = [
    ['id_text', 'product_log_id'],
    ['description_text', 'description'],
  ] as const;
  return [
    '# Without a readable date the time of ingestion stays.',
    ...block('date', [
      'match => ["Date", "ISO8601"]',
      `target => ${quoted(udm('metadata.event_timestamp'))}`,
      'on_error => "no_date"',
    ]),
    ...mutate('replace', [
      [udm('metadata.vendor_name'), plain(product.vendor)],
      [udm('metadata.product_name'), plain(product.name)],
      [udm('target.application'), plain(product.name)],
    ]),
    ...optional.flatMap(([token, field]) =>
      block(`if ${present(token)}`, mutate('replace', [[udm(`metadata.${field}`), `%{${token}}`]])),
    ),
  ];
}

function principal(): Lines {
  return [
    ...block(`if ${present('user_text')}`, [
      ...mutate('replace', [
        ['has_user', 'true'],
        [udm('principal.user.userid'), '%{user_text}'],
      ]),
      ...block(`if ${isEmail}`, mutate('merge', [[udm('principal.user.email_addresses'), 'user_text']])),
    ]),
    '# Another text than an address has no place in the event; the raw log keeps it.',
    ...block('grok', [
      ...block('match =>', [`"ip_address" => "^%{IP:client_ip}$"`]),
      'on_error => "bad_address"',
    ]),
    ...block('if ![bad_address]', mutate('merge', [[udm('principal.ip'), 'client_ip']])),
  ];
}

const isEmail = '[user_text] =~ "^[^@]+@[^@]+$"';

function action(actions: Actions): Lines {
  return block(`if ${present('action_text')}`, [
    ...mutate('replace', [[udm('metadata.product_event_type'), '%{action_text}']]),
    '# The first rule that matches says what the action does. An action of no rule stays "other".',
    ...chain(
      actions.map(rule => [matches('action_text', rule), mutate('replace', meaningTokens(rule))] as const),
    ),
  ]);
}

function meaningTokens({ verb, outcome }: Rule): (readonly [string, string])[] {
  return [['verb', verb], ...(outcome === 'unknown' ? [] : [['outcome', outcome] as const])];
}

function eventType({ name }: Product): Lines {
  const type = (value: string) => mutate('replace', [[udm('metadata.event_type'), value]]);
  const { other, ...known } = eventTypes;
  const withUser = [
    ...chain(
      Object.entries(known).map(([verb, value]) => [`[verb] == ${quoted(verb)}`, type(value)] as const),
      type(other),
    ),
    ...chain([
      ['[verb] in ["login", "logout"]', authenticated()],
      // The records have no field for what was acted on, and the types of resources require one.
      ['[verb] != "other"', mutate('replace', [[udm('target.resource.name'), plain(name)]])],
    ]),
  ];
  return chain([['[has_user] == "true"', withUser]], type(typeWithoutUser));
}

function authenticated(): Lines {
  return [
    ...mutate('replace', [
      [udm('target.user.userid'), '%{user_text}'],
      [udm('extensions.auth.type'), authentication.type],
      ['auth_mechanism', authentication.mechanism],
    ]),
    ...mutate('merge', [[udm('extensions.auth.mechanism'), 'auth_mechanism']]),
    ...block(`if ${isEmail}`, mutate('merge', [[udm('target.user.email_addresses'), 'user_text']])),
  ];
}

function securityResult(): Lines {
  return [
    ...chain(
      Object.entries(resultActions).map(([outcome, action]) => [
        `[outcome] == ${quoted(outcome)}`,
        mutate('replace', [['result_action', action]]),
      ]),
    ),
    ...block('if [result_action] != ""', [
      ...mutate('merge', [['security_result.action', 'result_action']]),
      ...block('if [verb] == "login" and [outcome] == "failure"', [
        ...mutate('replace', [['result_category', failedLoginCategory]]),
        ...mutate('merge', [['security_result.category', 'result_category']]),
      ]),
      ...mutate('merge', [[udm('security_result'), 'security_result']]),
    ]),
  ];
}
