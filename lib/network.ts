import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  CfnEIP,
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  NatProvider,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { VpcSettings } from './config.ts';

export interface NetworkProps {
  readonly stage: string;
  readonly settings: VpcSettings;
  readonly logRetention: RetentionDays;
}

/**
 * A network with one or two fixed egress addresses, so that customers can allow only these.
 *
 * It has a gateway endpoint for DynamoDB, but must not have one for S3: through such an endpoint a bucket of the same
 * region would see a private address, and a customer's list of allowed addresses would refuse it.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly securityGroup: SecurityGroup;
  /** The addresses that buckets see. */
  readonly egressAddresses: readonly string[];

  constructor(scope: Construct, id: string, { stage, settings, logRetention }: NetworkProps) {
    super(scope, id);
    const addresses = Array.from({ length: settings.egressAddresses }, (_, index) =>
      this.#address(index + 1),
    );
    this.egressAddresses = addresses.map(address => address.attrPublicIp);
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: `siem-export-${stage}`,
      ipAddresses: IpAddresses.cidr(settings.cidr),
      ...(settings.availabilityZones ? { availabilityZones: settings.availabilityZones } : { maxAzs: 2 }),
      natGateways: addresses.length,
      natGatewayProvider: NatProvider.gateway({
        eipAllocationIds: addresses.map(address => address.attrAllocationId),
      }),
      subnetConfiguration: [
        { name: 'Egress', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
        { name: 'Functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      ],
      // Restricting it needs an additional function and role, and nothing here uses the default security group.
      restrictDefaultSecurityGroup: false,
    });
    if (settings.availabilityZones)
      Validations.of(this.vpc).acknowledge({
        id: 'CloudFormation-Validate::W3010',
        reason: 'The setting vpc.availabilityZones names the zones, because Lambda is not in all.',
      });
    this.vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    this.vpc.addFlowLog('Rejected', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'RejectedLog', {
          logGroupName: `/siem-export/${stage}/rejected-traffic`,
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      ),
    });
    this.securityGroup = new SecurityGroup(this, 'Outbound', {
      vpc: this.vpc,
      description: `SIEM export, stage ${stage}: HTTPS to buckets and AWS, nothing inbound`,
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Buckets and AWS');
  }

  #address(number: number): CfnEIP {
    const address = new CfnEIP(this, `Address${number}`, { domain: 'vpc' });
    // Customers allow this address. If it were released with the stack, somebody else could get it. After a failed
    // first deployment it is released, because no customer knows it yet.
    address.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return address;
  }
}
