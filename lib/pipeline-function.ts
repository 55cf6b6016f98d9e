import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { FunctionName } from './build-functions.ts';

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
  readonly alarms: Alarms;
}

/** A function of the pipeline with its own role, which may write to its own log and nothing else so far. */
export class PipelineFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);
    const functionName = `siem-export-${props.stage}-${props.name}`;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: props.logRetention,
      // The ledger is what proves deliveries; a log that outlived its stack would only block the next deployment.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `SIEM export, stage ${props.stage}: the ${props.name}`,
    });
    logGroup.grantWrite(this.role);
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
      logGroup,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...props.environment },
    });
    this.#watch(props);
  }

  #watch({ name, alarms }: PipelineFunctionProps): void {
    const period = Duration.minutes(5);
    alarms.critical(`${name}-errors`, {
      meaning: `The ${name} ended with an error or ran out of time`,
      metric: this.function.metricErrors({ period, statistic: 'Sum' }),
      above: 0,
    });
    alarms.critical(`${name}-throttled`, {
      meaning: `AWS refused to start the ${name}: the account’s concurrency is used up`,
      metric: this.function.metricThrottles({ period, statistic: 'Sum' }),
      above: 0,
      periods: 3,
    });
  }
}
