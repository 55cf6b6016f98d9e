/** What `qids.sh` makes in QRadar. */
export interface Qids {
  readonly logSourceType: string;
  readonly eventCategory: string;
  readonly events: readonly QidEvent[];
  readonly properties: readonly { readonly name: string; readonly expression: string }[];
}

interface QidEvent {
  readonly eventName: string;
  readonly name: string;
  readonly lowLevelCategory: number;
  readonly severity: number;
}

/** The low-level categories that a kit uses, with QRadar's names for them. */
const categories: Readonly<Record<number, string>> = {
  3023: 'User Right Assigned',
  3057: 'Misc Logout',
  3114: 'User Login Attempt',
  3115: 'User Login Success',
  3116: 'User Login Failure',
  19001: 'General Audit Event',
  19011: 'Create Activity Attempted',
  19012: 'Create Activity Succeeded',
  19013: 'Create Activity Failed',
  19014: 'Read Activity Attempted',
  19015: 'Read Activity Succeeded',
  19016: 'Read Activity Failed',
  19017: 'Update Activity Attempted',
  19018: 'Update Activity Succeeded',
  19019: 'Update Activity Failed',
  19020: 'Delete Activity Attempted',
  19021: 'Delete Activity Succeeded',
  19022: 'Delete Activity Failed',
};

const verbs: Readonly<Record<string, RegExp>> = {
  login: /Login/,
  logout: /Logout/,
  create: /Create/,
  read: /Read/,
  update: /Update/,
  delete: /Delete/,
  permission: /Right|Update Activity Failed/,
  other: /General/,
};

/** Some categories do not tell an outcome. */
const outcomes: Readonly<Record<string, RegExp>> = {
  success: /Succe|Logout|Right|General/,
  failure: /Fail|Logout|General/,
  unknown: /Attempt|Logout|Right|General/,
};

/** What QRadar would refuse, or what would leave events without a name. */
export function faultsOfQids({ events, properties, ...rest }: Qids, eventNames: readonly string[]): string[] {
  const known = new Set(['logSourceType', 'eventCategory']);
  return [
    ...Object.keys(rest)
      .filter(key => !known.has(key))
      .map(key => `unknown member ${key}`),
    ...events.flatMap(faultsOfEvent),
    ...eventNames
      .filter(name => !events.some(({ eventName }) => eventName === name))
      .map(name => `no QID for ${name}`),
    ...events
      .filter(({ eventName }) => !eventNames.includes(eventName))
      .map(({ eventName }) => `no event is ${eventName}`),
    ...properties
      .filter(({ name }) => !/^[\w ]+$/.test(name))
      .map(({ name }) => `no name of a property: ${name}`),
  ].map(fault => `qids.json: ${fault}`);
}

function faultsOfEvent({ eventName, name, lowLevelCategory, severity }: QidEvent): string[] {
  const [verb = '', outcome = ''] = (eventName ?? '').split(' ');
  const category = categories[lowLevelCategory] ?? '';
  return [
    ...(verbs[verb]?.test(category) && outcomes[outcome]?.test(category)
      ? []
      : [`no category of ${eventName}: ${lowLevelCategory}`]),
    ...(Number.isInteger(severity) && severity >= 0 && severity <= 10 ? [] : [`no severity: ${severity}`]),
    ...(typeof name === 'string' && name !== '' ? [] : ['expected a name']),
  ];
}
