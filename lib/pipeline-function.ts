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

/** The timeout of all functions: the longest that Lambda allows. */
export const functionTimeout = Duration.minutes(15);

export interface PipelineFunctionProps {
  readonly stage: string;
  readonly name: FunctionName;
  readonly description: string;
  readonly code: Code;
  /** In MB; 1,769 MB gives one whole processor. */
  readonly memory: number;
  readonly environment: Record<string, string>;
  readonly logRetention: RetentionDays;
  /** True if it sends messages to the queue that invokes it. Lambda would otherwise stop this as an endless loop. */
  readonly continuesItself?: boolean;
  /** True if the role remains, without permissions, when the stack is deleted. */
  readonly keepsRole?: boolean;
  /** The network of the function; without it the function is in no VPC. */
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

/** A function of the pipeline with its own role. By itself the role only allows writing to the function's log. */
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
      // The ledger, not the log, is the proof. A log group that outlived the stack would block the next deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      // Names of roles are global, so with the region in the name, stages in several regions can have the same name. A
      // fixed name keeps policies outside the stack valid when the role is created again.
      roleName: `${functionName}-${Stack.of(this).region}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `SIEM export, stage ${props.stage}: the ${props.name}`,
    });
    // When a role is deleted, customers' trust in it ends, even if a new role has the same name. So
    // it is kept when the stack is deleted. After a failed first deployment it is deleted: nobody
    // trusts it yet, and it would block the next one.
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

  /** Lambda uses the role to attach the function to its network. The function's own code is denied the same actions. */
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
