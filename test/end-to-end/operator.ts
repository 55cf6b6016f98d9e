import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
} from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AwsServers } from '../../local/aws-servers.ts';
import type { CloudServers } from '../../local/cloud-servers.ts';
import type { Row } from './audit-rows.ts';
import { type Cloud, destinations } from './evidence.ts';

/** An account record with any attributes; attributes not given are those of a healthy account. */
interface Provisioned {
  /** By default S3. */
  readonly cloud?: Cloud;
  /** By default a valid one for the cloud; `null` for none. */
  readonly secret?: string | null;
  readonly timeZone: string;
  readonly [attribute: string]: unknown;
}

/** What the operator and the vendor’s product write. */
export function createOperator({
  aws,
  customers,
  environment,
}: {
  aws: AwsServers;
  customers: CloudServers;
  environment: Readonly<Record<string, string>>;
}) {
  const accountIds = new Set<string>();
  const secretsPut = new Set<string>();
  const put = (TableName: string | undefined, item: object) =>
    aws.dynamodb.send(
      new PutItemCommand({ TableName, Item: marshall(item, { removeUndefinedValues: true }) }),
    );

  /** Creates a secret, or rotates it. */
  async function putSecret(name: string, SecretString: string): Promise<void> {
    secretsPut.add(SecretString);
    try {
      await aws.secrets.send(new CreateSecretCommand({ Name: name, SecretString }));
    } catch (thrown) {
      if (!(thrown instanceof ResourceExistsException)) throw thrown;
      await aws.secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString }));
    }
  }

  /** Writes a row of the audit log; `recordedAt` is its sort key. */
  async function putRow(
    accountId: string,
    recordedAt: string,
    values: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await put(environment.AUDIT_LOG_TABLE, { ...values, accountId, recordedAt });
  }

  return {
    /** All secrets written so far. */
    secretsPut: secretsPut as ReadonlySet<string>,
    putRow,
    /** Writes the account's record, its secret, and rows of its audit log. */
    async provision(
      accountId: string,
      { cloud = 's3', secret = customers.credentials.secretOf(cloud), ...record }: Provisioned,
      rows: readonly Row[] = [],
    ): Promise<void> {
      const secretId = `${environment.SECRET_PREFIX}${Buffer.from(accountId).toString('base64url')}`;
      if (secret !== null) await putSecret(secretId, secret);
      await Promise.all(rows.map(({ recordedAt, values }) => putRow(accountId, recordedAt, values)));
      accountIds.add(accountId);
      const healthy = { accountId, status: 'active', destination: destinations[cloud], secretId };
      await put(environment.ACCOUNTS_TABLE, { ...healthy, ...record });
    },
    async deleteAccounts(): Promise<void> {
      for (const accountId of accountIds)
        await aws.dynamodb.send(
          new DeleteItemCommand({
            TableName: environment.ACCOUNTS_TABLE,
            Key: { accountId: { S: accountId } },
          }),
        );
      accountIds.clear();
    },
  };
}
