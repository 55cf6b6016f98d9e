import type { KitFile, Product } from '../kit.ts';
import { quoted } from './cbn-text.ts';
import { enteredLogType, logType } from './names.ts';
import { eventTypes, resultActions } from './udm.ts';

interface DetectionRule {
  readonly name: string;
  readonly description: string;
  readonly severity: 'Low' | 'Medium' | 'High';
  readonly eventType: string;
  readonly action?: string;
  /** At least this many events of one user in the time; without it each event is a detection. */
  readonly many?: { readonly count: number; readonly window: string };
}

const detectionRules: readonly DetectionRule[] = [
  {
    name: 'failed_logins',
    description: 'Five or more logins of one user failed within 15 minutes.',
    severity: 'Medium',
    eventType: eventTypes.login,
    action: resultActions.failure,
    many: { count: 5, window: '15m' },
  },
  {
    name: 'mass_deletion',
    description: 'One user deleted 20 or more things within an hour.',
    severity: 'High',
    eventType: eventTypes.delete,
    many: { count: 20, window: '1h' },
  },
  {
    name: 'permission_changed',
    description: 'A permission was changed.',
    severity: 'Low',
    eventType: eventTypes.permission,
  },
];

/** The three rules in YARA-L 2.0, a file each. */
export function detectionFiles(product: Product): readonly KitFile[] {
  return detectionRules.map(rule => ({ path: `rules/${rule.name}.yaral`, text: yaraL(rule, product) }));
}

function yaraL(
  { name, description, severity, eventType, action, many }: DetectionRule,
  product: Product,
): string {
  const section = (title: string, lines: readonly string[]) => [
    `  ${title}:`,
    ...lines.map(line => `    ${line}`),
  ];
  return [
    `rule ${enteredLogType(product).toLowerCase()}_${name} {`,
    ...section('meta', [
      'author = "siem-export"',
      `description = ${quoted(description)}`,
      `severity = "${severity}"`,
      `priority = "${severity}"`,
    ]),
    ...section('events', [
      `$e.metadata.log_type = "${logType(product)}"`,
      `$e.metadata.event_type = "${eventType}"`,
      ...(action === undefined ? [] : [`$e.security_result.action = "${action}"`]),
      ...(many === undefined ? [] : ['$e.principal.user.userid = $user']),
    ]),
    ...(many === undefined
      ? [...section('condition', ['$e'])]
      : [
          ...section('match', [`$user over ${many.window}`]),
          ...section('outcome', [
            '$event_count = count_distinct($e.metadata.id)',
            '$addresses = array_distinct($e.principal.ip)',
          ]),
          ...section('condition', [`#e >= ${many.count}`]),
        ]),
    '}',
    '',
  ].join('\n');
}
