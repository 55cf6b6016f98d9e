import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from './acknowledge-wildcards.ts';
import type { FunctionName } from './build-functions.ts';
import type { Network } from './network.ts';
import { runtimeEnvironment } from './runtime-environment.ts';

/** The longest that Lambda lets a function run, and what all three are given. */
export const functionTimeout = Duration.minutes(15);

export interface PipelineFunctionProps {
  readonly stage: string;
  readonly name: FunctionName;
  readonly description: string;
  readonly code: Code;
  /** In MB; 1769 is one whole CPU. */
  readonly memory: number;
  readonly environment: Record<string, string>;
  readonly logRetention: RetentionDays;
  /** True if it sends messages to the queue that invokes it: Lambda takes that for an endless loop, and stops it. */
  readonly continuesItself?: boolean;
  /** True if the role stays when the stack goes, without any right. */
  readonly keepsRole?: boolean;
  /** The network to run in; without it the function has none of its own. */
  readonly network?: Network | undefined;
}

const networkInterfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** A function of the pipeline with its own role, which may write to its own log and nothing else so far. */
export class PipelineFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);
    const functionName = `siem-export-${props.stage}-${props.name}`;
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: props.logRetention,
      // The ledger is what proves deliveries; a log that outlived its stack would only block the next deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      // IAM knows no regions: by its name a stage of the same name fits in each of them, and policies outside of the stack
      // that name the role hold for one that is made anew.
      roleName: `${functionName}-${Stack.of(this).region}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `SIEM export, stage ${props.stage}: the ${props.name}`,
    });
    // Customers' trust in a role ends with it, whatever they wrote: so it stays when the stack goes. One of a deployment that
    // failed nobody trusts, and it would be in the way of the next.
    if (props.keepsRole === true) this.role.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.logGroup.grantWrite(this.role);
    if (props.network !== undefined) this.#allowNetworkInterfaces(functionName);
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      memorySize: props.memory,
      timeout: functionTimeout,
      role: this.role,
      logGroup: this.logGroup,
      ...(props.continuesItself === true && { recursiveLoop: RecursiveLoop.ALLOW }),
      ...placeIn(props.network),
      environment: { ...runtimeEnvironment, ...props.environment },
    });
  }

  /** Lambda attaches the function to its network in the role's name; what runs in the function may not do the same. */
  #allowNetworkInterfaces(resourceName: string): void {
    const functionArn = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.role.addToPolicy(new PolicyStatement({ actions: networkInterfaceActions, resources: ['*'] }));
    this.role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: networkInterfaceActions,
        resources: ['*'],
        conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
      }),
    );
    acknowledgeWildcards(this.role, {
      '*': 'Lambda makes the interfaces, whose names nobody knows before; the function itself is denied the same.',
    });
  }
}

function placeIn(network: Network | undefined) {
  if (network === undefined) return {};
  return {
    vpc: network.vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [network.securityGroup],
  };
}
