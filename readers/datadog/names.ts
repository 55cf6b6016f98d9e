/** The source and the service of the logs. The pipeline takes logs of this source only. */
export const source = 'siem-export';

/** The attributes that the pipeline makes. All but `audit.*` have the names that Datadog's own pipelines use. */
export const attributes = {
  email: 'usr.email',
  action: 'evt.name',
  actionId: 'evt.id',
  ipAddress: 'network.client.ip',
  outcome: 'evt.outcome',
  rule: 'audit.rule',
  verb: 'audit.verb',
} as const;
