import type { KitInput } from '../kit.ts';
import { namesOf } from './names.ts';

/** Detection rules in the format that Kibana exports and imports, one a line. They are off until somebody turns them on. */
export function detections(input: KitInput): string {
  const { indexPattern, rulePrefix } = namesOf(input);
  const { name } = input.product;
  const common = {
    index: [indexPattern],
    language: 'kuery',
    // A file arrives hours after its events. By @timestamp a rule would look for them in a time that has passed.
    timestamp_override: 'event.ingested',
    interval: '15m',
    from: 'now-30m',
    to: 'now',
    enabled: false,
  };
  const rules = [
    {
      ...common,
      rule_id: `${rulePrefix}-failed-logins`,
      name: `${name}: several failed logins of one user`,
      description: 'At least 10 failed logins of one user in the files of half an hour.',
      severity: 'medium',
      risk_score: 47,
      type: 'threshold',
      query: 'event.category : "authentication" and event.type : "start" and event.outcome : "failure"',
      threshold: { field: ['user.email'], value: 10, cardinality: [] },
    },
    {
      ...common,
      rule_id: `${rulePrefix}-mass-deletion`,
      name: `${name}: mass deletion by one user`,
      description: 'At least 50 deletions by one user in the files of half an hour.',
      severity: 'high',
      risk_score: 73,
      type: 'threshold',
      query: 'event.type : "deletion" and not event.outcome : "failure"',
      threshold: { field: ['user.email'], value: 50, cardinality: [] },
    },
    {
      ...common,
      rule_id: `${rulePrefix}-permission-changed`,
      name: `${name}: a permission was changed`,
      description: 'A role, a membership or another permission was changed. Each change gives an alert.',
      severity: 'low',
      risk_score: 21,
      type: 'query',
      query: 'event.category : "iam" and event.type : "change" and not event.outcome : "failure"',
    },
  ];
  return rules.map(rule => `${JSON.stringify(rule)}\n`).join('');
}
