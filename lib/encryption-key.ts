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
  /** A key that exists. The stack cannot write its policy; docs/operator/encryption-key.md says what it has to allow. */
  readonly existingKeyArn?: string | undefined;
}

/** The stage's customer-managed key: tables, the export queue and the alarm topics are encrypted with it. */
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
      // Without the key the tables that are kept can no longer be read. Also after a deployment that failed: its tables
      // stay because they are protected, and what was encrypted meanwhile is still to be read.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // As AWS documents it, without a condition on the source: one that is not met would silence every alarm, and whose
    // alarms may publish is the topic's policy to say.
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

  /** Only through the named services: nobody decrypts anything with the key directly. */
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

/** The host by which KMS knows a service of a region. */
export function viaService(scope: Construct, service: KeyService, region = Stack.of(scope).region): string {
  return `${service}.${region}.${Stack.of(scope).urlSuffix}`;
}
