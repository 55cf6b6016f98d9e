import { isDeepStrictEqual } from 'node:util';
import type { Kit } from '../../kit.ts';
import { cached } from './cached.ts';
import type { UdmEvent } from './udm-schema.ts';
import { detections, parseYaraL } from './yara-l.ts';

const start = Date.UTC(2026, 10, 22, 8);
const minute = 60_000;

interface Deed {
  readonly user?: string;
  readonly type: string;
  readonly action?: string;
  /** How often, once a so many minutes. */
  readonly times: number;
  readonly every?: number;
  readonly logType?: string;
}

/** What each rule has to detect, and what not, in events of one log type. */
const scenarios: Record<string, { detected: Record<string, unknown>[]; deeds: readonly Deed[] }> = {
  failed_logins: {
    detected: [{ 'principal.user.userid': 'eva', event_count: 5, addresses: ['203.0.113.7'] }],
    deeds: [
      { user: 'eva', type: 'USER_LOGIN', action: 'BLOCK', times: 5, every: 3.7 },
      { user: 'four', type: 'USER_LOGIN', action: 'BLOCK', times: 4 },
      { user: 'slow', type: 'USER_LOGIN', action: 'BLOCK', times: 5, every: 4 },
      { user: 'good', type: 'USER_LOGIN', action: 'ALLOW', times: 9 },
      { user: 'other', type: 'USER_LOGOUT', action: 'BLOCK', times: 9 },
      { user: 'elsewhere', type: 'USER_LOGIN', action: 'BLOCK', times: 9, logType: 'OKTA' },
    ],
  },
  mass_deletion: {
    detected: [{ 'principal.user.userid': 'eva', event_count: 20, addresses: ['203.0.113.7'] }],
    deeds: [
      { user: 'eva', type: 'USER_RESOURCE_DELETION', times: 20, every: 3.1 },
      { user: 'fewer', type: 'USER_RESOURCE_DELETION', times: 19 },
      { user: 'slow', type: 'USER_RESOURCE_DELETION', times: 20, every: 3.2 },
      { user: 'other', type: 'USER_RESOURCE_ACCESS', times: 99 },
      { user: 'elsewhere', type: 'USER_RESOURCE_DELETION', times: 99, logType: 'OKTA' },
    ],
  },
  permission_changed: {
    detected: [{}, {}],
    deeds: [
      { user: 'eva', type: 'USER_RESOURCE_UPDATE_PERMISSIONS', times: 2 },
      { user: 'other', type: 'USER_RESOURCE_UPDATE_CONTENT', times: 9 },
      { user: 'elsewhere', type: 'USER_RESOURCE_UPDATE_PERMISSIONS', times: 9, logType: 'OKTA' },
    ],
  },
};

/** Which rules of a kit the product would refuse, or do not detect what they should. */
export function faultsOfRules(kit: Kit, logType: string): string[] {
  return Object.keys(scenarios).flatMap(name => {
    const text = kit.find(({ path }) => path === `rules/${name}.yaral`)?.text;
    return text === undefined ? [`no rule ${name}`] : faultsOfRule(name, text, logType);
  });
}

const faultsOfRule = cached((name: string, text: string, logType: string): string[] => {
  const { detected = [], deeds = [] } = scenarios[name] ?? {};
  try {
    const rule = parseYaraL(text);
    if (!rule.name.endsWith(`_${name}`)) return [`the rule ${name} has another name`];
    const events = deeds.flatMap((deed, index) => eventsOf(deed, index, logType));
    const found = detections(rule, events);
    return isDeepStrictEqual(found, detected) ? [] : [`the rule ${name} detects ${JSON.stringify(found)}`];
  } catch (error) {
    return [`the rule ${name}: ${error instanceof Error ? error.message : error}`];
  }
});

function eventsOf(deed: Deed, index: number, logType: string): UdmEvent[] {
  return Array.from({ length: deed.times }, (_, time) => ({
    metadata: {
      id: `${index}-${time}`,
      log_type: deed.logType ?? logType,
      event_type: deed.type,
      event_timestamp: new Date(start + time * (deed.every ?? 1) * minute).toISOString(),
    },
    principal: { user: { userid: deed.user ?? '' }, ip: ['203.0.113.7'] },
    ...(deed.action === undefined ? {} : { security_result: [{ action: [deed.action] }] }),
  }));
}
