import type { Product } from '../kit.ts';
import { kqlText } from './transformation.ts';

export interface Detection {
  /** Part of the rule's identity: another one makes a second rule when the template is deployed again. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: 'Low' | 'Medium' | 'High';
  readonly tactic: string;
  readonly technique: string;
  readonly query: string;
  readonly hasAddress: boolean;
}

/**
 * A file brings the events of some hours at once, and a late one those of days. So the rules look two days back for what
 * was ingested since their last run: by the time of the events alone, they would miss every file.
 */
export const frequency = 'PT1H';
export const period = 'P2D';

export function detectionsFor(product: Product): Detection[] {
  const recent = `ASimAuditEventLogs
| where ingestion_time() > ago(1h)
| where EventVendor == ${kqlText(product.vendor)} and EventProduct == ${kqlText(product.name)}`;
  return [
    {
      id: 'failed-logins',
      name: 'several failed sign-ins of one user',
      description:
        'A user failed to sign in five times or more, by the events that arrived in the last hour.',
      severity: 'Medium',
      tactic: 'CredentialAccess',
      technique: 'T1110',
      query: `${recent}
| where EventSubType == "login" and EventResult == "Failure"
| summarize Failures = count(), Addresses = make_set(SrcIpAddr, 100), First = min(TimeGenerated), Last = max(TimeGenerated) by ActorUsername
| where Failures >= 5`,
      hasAddress: false,
    },
    {
      id: 'mass-deletion',
      name: 'many deletions by one user',
      description: 'A user deleted twenty times or more, by the events that arrived in the last hour.',
      severity: 'High',
      tactic: 'Impact',
      technique: 'T1485',
      query: `${recent}
| where EventType == "Delete" and EventResult != "Failure"
| summarize Deletions = count(), Actions = make_set(Operation, 100), First = min(TimeGenerated), Last = max(TimeGenerated) by ActorUsername
| where Deletions >= 20`,
      hasAddress: false,
    },
    {
      id: 'changed-permission',
      name: 'a permission was changed',
      description: 'A permission was changed. Restrict it to the actions that matter to you.',
      severity: 'Low',
      tactic: 'PrivilegeEscalation',
      technique: 'T1098',
      query: `${recent}
| where EventSubType == "permission" and EventResult != "Failure"
| project TimeGenerated, ActorUsername, SrcIpAddr, Operation, EventMessage`,
      hasAddress: true,
    },
  ];
}
