import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

/** The services through which a function may use the key. */
export type KeyService = 'dynamodb' | 'sqs' | 'secretsmanager';

const readActions = ['kms:Decrypt', 'kms:DescribeKey'];
const writeActions = [
  ...readActions,
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

export interface EncryptionKeyProps {
  readonly stage: string;
  /**
   * An existing key. The stack does not change its policy; docs/operator/encryption-key.md says what the policy must
   * allow.
   */
  readonly existingKeyArn?: string | undefined;
}

/** The stage's customer-managed key. It encrypts the tables, the export queue and the alarm topics. */
export class EncryptionKey extends Construct {
  readonly key: IKey;

  constructor(scope: Construct, id: string, { stage, existingKeyArn }: EncryptionKeyProps) {
    super(scope, id);
    this.key =
      existingKeyArn === undefined ? this.#ownKey(stage) : Key.fromKeyArn(this, 'Key', existingKeyArn);
  }

  #ownKey(stage: string): Key {
    const key = new Key(this, 'Key', {
      alias: `alias/siem-export-${stage}`,
      description: `SIEM export, stage ${stage}: tables, queue and alarm topics`,
      enableKeyRotation: true,
      // The tables outlive the stack, also after a failed deployment, and cannot be read without the key.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // As in AWS's documentation, without a condition on the source: a wrong condition would suppress every alarm. The
    // topic's policy already limits whose alarms may publish.
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublishToTheEncryptedTopic',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    );
    return key;
  }

  allowReading(grantee: IGrantable, ...services: KeyService[]): void {
    this.#allow(grantee, readActions, services);
  }

  allowWriting(grantee: IGrantable, ...services: KeyService[]): void {
    this.#allow(grantee, writeActions, services);
  }

  /** Allows using the key only through these services, not directly. */
  #allow(grantee: IGrantable, actions: string[], services: KeyService[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions,
        resources: [this.key.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': services.map(service => viaService(this, service)) },
        },
      }),
    );
  }
}

/** The value of the condition key `kms:ViaService` for a service in a region. */
export function viaService(scope: Construct, service: KeyService, region = Stack.of(scope).region): string {
  return `${service}.${region}.${Stack.of(scope).urlSuffix}`;
}
