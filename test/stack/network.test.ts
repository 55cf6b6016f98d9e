import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesize } from './synthesis.ts';
import { resourcesOf, statementsOf } from './template-reading.ts';

const template = synthesize({ 'siem-export': { stage: 'dev', vpc: {} } });
const one = synthesize({ stage: 'dev', vpcEgressAddresses: '1', vpcCidr: '192.168.4.0/22' });

describe('a stage with fixed egress addresses', () => {
  test('reaches the internet by two gateways, each with an address that outlives the stack', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 2);
    template.allResources('AWS::EC2::EIP', { UpdateReplacePolicy: 'Retain' });
    const addresses = Object.keys(template.findResources('AWS::EC2::EIP'));
    const gateways = resourcesOf<{ AllocationId: { 'Fn::GetAtt': string[] } }>(
      template,
      'AWS::EC2::NatGateway',
    );
    const used = Object.values(gateways).map(({ AllocationId }) => AllocationId['Fn::GetAtt'][0]);
    expect(used.sort()).toEqual(addresses.sort());
  });

  test('gives the addresses back if the deployment fails that brought them', () => {
    template.allResources('AWS::EC2::EIP', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('says its addresses in an output, for customers to list', () => {
    const output = JSON.stringify(template.findOutputs('EgressAddresses'));
    expect(output.match(/PublicIp/g)).toHaveLength(2);
    expect(synthesize().findOutputs('EgressAddresses')).toEqual({});
  });

  test('runs the exporter in private subnets, and nothing else in the network', () => {
    const inNetwork = Object.values(
      resourcesOf<{ FunctionName: string; VpcConfig?: { SubnetIds: unknown[] } }>(
        template,
        'AWS::Lambda::Function',
      ),
    ).filter(({ VpcConfig }) => VpcConfig !== undefined);
    expect(inNetwork.map(({ FunctionName }) => FunctionName)).toEqual(['siem-export-dev-exporter']);
    const [exporter] = inNetwork;
    expect(exporter?.VpcConfig?.SubnetIds).toHaveLength(2);
    expect(JSON.stringify(exporter?.VpcConfig?.SubnetIds)).toContain('Functions');
  });

  test('lets HTTPS out and nothing in', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' }],
      SecurityGroupIngress: Match.absent(),
    });
  });

  test('has an endpoint for DynamoDB and none for S3, where buckets would not see the addresses', () => {
    const endpoints = Object.values(
      resourcesOf<{ ServiceName: unknown; VpcEndpointType: string }>(template, 'AWS::EC2::VPCEndpoint'),
    );
    expect(endpoints).toHaveLength(1);
    expect(JSON.stringify(endpoints)).toContain('.dynamodb');
    expect(endpoints[0]?.VpcEndpointType).toBe('Gateway');
  });

  test('lets Lambda attach the exporter, and the exporter attach nothing', () => {
    const about = statementsOf(template, 'exporter').filter(({ actions }) =>
      actions.includes('ec2:CreateNetworkInterface'),
    );
    expect(about.map(({ effect }) => effect).sort()).toEqual(['Allow', 'Deny']);
    const denied = about.find(({ effect }) => effect === 'Deny');
    expect(JSON.stringify(denied?.conditions)).toContain(':function:siem-export-dev-exporter');
    for (const name of ['dispatcher', 'watchdog'])
      expect(JSON.stringify(statementsOf(template, name))).not.toContain('ec2:');
  });

  test('logs what was refused, for as long as the functions’ logs are kept', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT' });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/siem-export/dev/rejected-traffic',
      RetentionInDays: 90,
    });
  });

  test('synthesises with a fixed account and region without asking AWS for zones', () => {
    synthesize({ account: '111122223333', region: 'eu-central-1', vpcEgressAddresses: 2 }).resourceCountIs(
      'AWS::EC2::NatGateway',
      2,
    );
  });
});

describe('a network in zones that the configuration names', () => {
  const vpc = { availabilityZones: ['us-east-1b', 'us-east-1d'] };
  const zoned = synthesize({ 'siem-export': { stage: 'dev', vpc } });
  const subnetsOf = (of: typeof template) =>
    resourcesOf<{ AvailabilityZone: unknown }>(of, 'AWS::EC2::Subnet');

  test('has its subnets there and nowhere else, for the function and for each gateway', () => {
    expect(Object.values(subnetsOf(zoned)).map(({ AvailabilityZone }) => AvailabilityZone)).toEqual([
      'us-east-1b',
      'us-east-1d',
      'us-east-1b',
      'us-east-1d',
    ]);
    zoned.resourceCountIs('AWS::EC2::NatGateway', 2);
  });

  test('differs in nothing else from one in the first two zones', () => {
    const withoutZones = (of: typeof template) =>
      JSON.stringify(of.toJSON(), (name, value) => (name === 'AvailabilityZone' ? 'a zone' : value));
    expect(Object.keys(subnetsOf(zoned))).toEqual(Object.keys(subnetsOf(template)));
    expect(withoutZones(zoned)).toBe(withoutZones(template));
  });

  test('synthesises with a fixed account and region as well', () => {
    const placed = { account: '111122223333', region: 'us-east-1', 'siem-export': { stage: 'dev', vpc } };
    synthesize(placed).hasResourceProperties('AWS::EC2::Subnet', { AvailabilityZone: 'us-east-1d' });
  });
});

test('one address is enough where the price of a second gateway matters more', () => {
  one.resourceCountIs('AWS::EC2::NatGateway', 1);
  one.resourceCountIs('AWS::EC2::EIP', 1);
  one.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '192.168.4.0/22' });
});

test('a stage without a network has none', () => {
  synthesize().resourceCountIs('AWS::EC2::VPC', 0);
});
