/** The source and the service of the logs. The pipeline takes logs of this source only. */
export const source = 'siem-export';

/** The attributes that the pipeline makes. All but `audit.verb` are in Datadog's list of standard attributes. */
export const attributes = {
  email: 'usr.email',
  action: 'evt.name',
  actionId: 'evt.id',
  ipAddress: 'network.client.ip',
  outcome: 'evt.outcome',
  verb: 'audit.verb',
} as const;
