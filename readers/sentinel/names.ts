import type { Product } from '../kit.ts';

/** The names of what a kit makes in the workspace. */
export interface Names {
  readonly table: string;
  /** The stream that the connection writes to and the data collection rule reads. */
  readonly stream: string;
  readonly rule: string;
  readonly endpoint: string;
  /** The connector's entry in the list of data connectors. */
  readonly definition: string;
  readonly connection: string;
}

/** A table's name may have letters, digits and underscores only and starts with a letter. */
export function namesFor({ name }: Product): Names {
  const letters = name
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .replace(/^\d+/, '')
    .slice(0, 30);
  const base = `${letters}Audit`;
  return {
    table: `${base}_CL`,
    stream: `Custom-${base}`,
    rule: `${base}-rule`,
    endpoint: `${base}-endpoint`,
    definition: `${base}Definition`,
    connection: `${base}Connection`,
  };
}

/** The two queues in the storage account: Event Grid's messages, and the messages that Sentinel gave up. */
export const queues = { created: 'siem-export-created', dead: 'siem-export-dead' };

/** What only the customer knows. The README's steps name each of them. */
export const placeholders = {
  workspace: 'REPLACE_WITH_WORKSPACE_NAME',
  queueUrl: 'REPLACE_WITH_QUEUE_URL',
  queueArn: 'REPLACE_WITH_QUEUE_ARN',
  roleArn: 'REPLACE_WITH_ROLE_ARN',
  storageResourceGroup: 'REPLACE_WITH_STORAGE_RESOURCE_GROUP',
  storageSubscription: 'REPLACE_WITH_STORAGE_SUBSCRIPTION_ID',
};
