import type { AuditRow } from '../account.ts';
import type { Random } from './random.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly ipAddress: string;
}

interface Action {
  readonly action: string;
  readonly actionId: string;
  describe(person: Person, random: Random): string;
  /** True if the product itself does it: there is no user and no address. */
  readonly automatic?: true;
}

const documents = [
  'Q3 forecast',
  'Salaries "2025"',
  'Roadmap\tdraft',
  'Straße & Söhne',
  '見積書',
  'Budget',
] as const;
const roles = ['viewer', 'editor', 'billing admin', 'owner'] as const;
const browsers = ['Chrome 141 on Windows', 'Safari 26 on macOS', 'Firefox 144 on Linux'] as const;
const document = (random: Random) => `${random.pick(documents)} (doc_${random.below(9000) + 1000})`;

/** The most frequent first. */
const actions: readonly [Action, ...Action[]] = [
  {
    action: 'Signed in',
    actionId: 'auth.sign_in',
    describe: ({ name }, random) => `${name} signed in with ${random.pick(browsers)}`,
  },
  {
    action: 'Viewed document',
    actionId: 'document.viewed',
    describe: ({ name }, random) => `${name} viewed ${document(random)}`,
  },
  {
    action: 'Edited document',
    actionId: 'document.edited',
    describe: ({ name }, random) => `${name} edited ${document(random)},\nrevision ${random.below(40) + 1}`,
  },
  {
    action: 'Shared document',
    actionId: 'document.shared',
    describe: ({ name }, random) => `${name} shared ${document(random)} as ${random.pick(roles)}`,
  },
  {
    action: 'Sign-in failed',
    actionId: 'auth.sign_in_failed',
    describe: ({ name }) => `Wrong password for ${name}`,
  },
  {
    action: 'Exported report',
    actionId: 'report.exported',
    describe: ({ name }, random) => `${name} exported ${random.below(5000) + 1} rows to CSV`,
  },
  {
    action: 'Changed role',
    actionId: 'member.role_changed',
    describe: ({ name }, random) => `${name} became ${random.pick(roles)}`,
  },
  {
    action: 'Rotated API key',
    actionId: 'api_key.rotated',
    describe: (_, random) => `API key …${random.below(0xffff).toString(16).padStart(4, '0')} was rotated`,
    automatic: true,
  },
  {
    action: 'Purged trash',
    actionId: 'document.purged',
    describe: (_, random) => `${random.below(80)} documents were removed for good`,
    automatic: true,
  },
];

/** A random action as the fields of an audit row, except its date. */
export function describeAction(random: Random, person: Person): AuditRow['values'] {
  const common = Math.min(random.next(), random.next());
  const action = actions[Math.floor(common * actions.length)] ?? actions[0];
  return {
    ...(action.automatic ? {} : { email: person.email, ipAddress: person.ipAddress }),
    action: action.action,
    actionId: action.actionId,
    description: action.describe(person, random),
  };
}
