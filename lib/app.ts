import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConfiguration } from './config.ts';
import type { FunctionCode } from './function-code.ts';
import { SiemExportStack } from './stack.ts';

/** A tag of every stage's resources; the configuration may add others. */
const stageTag = 'siem-export:stage';

/** CloudFormation takes tags for these in some regions only: in GovCloud and China they are an unknown property. */
const untaggedSomewhere = [
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::Rule',
  'AWS::Lambda::EventSourceMapping',
];

export interface AppOptions {
  /** Asked for once the configuration is found to be right: building takes seconds. */
  readonly code: () => FunctionCode;
  /** Beside the CDK's own sources of context: cdk.json and `-c` reach an app through the CDK command line only. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Where the template is written; where the CDK command line says, by default. */
  readonly outputFolder?: string;
}

/**
 * The CDK app with the one stage that its context configures, and the checks that its synthesis has to pass.
 *
 * @throws ConfigurationError naming every setting at fault
 */
export function createApp({ code, context = {}, outputFolder }: AppOptions): {
  app: App;
  stack: SiemExportStack;
} {
  const app = new App({ context, ...(outputFolder === undefined ? {} : { outdir: outputFolder }) });
  const configuration = readConfiguration(app.node.getAllContext());
  const { stage, account, region, terminationProtection, tags } = configuration;
  const stack = new SiemExportStack(app, `siem-export-${stage}`, {
    configuration,
    code: code(),
    description: `SIEM export, stage ${stage}: every customer's audit log into the customer's bucket`,
    terminationProtection,
    env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
  });
  for (const [name, value] of Object.entries({ ...tags, [stageTag]: stage }))
    Tags.of(stack).add(name, value, { excludeResourceTypes: untaggedSomewhere });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  return { app, stack };
}
