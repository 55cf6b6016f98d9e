/** The folder of the app and its id. */
export const app = 'TA-siem-export';
export const sourcetype = 'siem_export:audit';
/** The name of the input, the queue, the topic and the subscription. */
export const inputName = 'siem-export';
export const queueName = 'siem-export-splunk';

/** What only the customer knows. The README's steps name each of them. */
export const placeholders = {
  index: 'REPLACE_WITH_INDEX',
  account: 'REPLACE_WITH_ACCOUNT_IN_ADD_ON',
  role: 'REPLACE_WITH_ROLE_IN_ADD_ON',
  queueUrl: 'REPLACE_WITH_QUEUE_URL',
  queueArn: 'REPLACE_WITH_QUEUE_ARN',
  project: 'REPLACE_WITH_PROJECT_ID',
} as const;

/** The beginning of the keys of the account's files. The vendor's test objects and proofs have other names. */
export const keyPrefix = (folder: string) => `${folder}audit_`;
