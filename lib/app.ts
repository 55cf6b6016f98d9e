import { App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readConfiguration } from './config.ts';
import type { FunctionCode } from './function-code.ts';
import { SiemExportStack } from './stack.ts';

/** A tag of every stage's resources; the configuration may add others. */
const stageTag = 'siem-export:stage';

/** In GovCloud and China, CloudFormation rejects the property `Tags` of these types. */
const untaggedSomewhere = [
  'AWS::CloudWatch::Dashboard',
  'AWS::Events::Rule',
  'AWS::Lambda::EventSourceMapping',
];

export interface AppOptions {
  /** Called only after the configuration has been checked, because building takes seconds. */
  readonly code: (actionsFile: string) => FunctionCode;
  /** Additional context. The context of cdk.json and `-c` is available only when the CDK command line runs the app. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** The folder for the template; by default the one that the CDK command line chooses. */
  readonly outputFolder?: string;
}

/**
 * The CDK app with the stage that its context configures, and the checks that its synthesis must pass.
 *
 * @throws ConfigurationError naming every wrong setting
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
    code: code(configuration.actionsFile),
    description: `SIEM export, stage ${stage}: every customer's audit log into the customer's bucket`,
    terminationProtection,
    env: { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) },
  });
  for (const [name, value] of Object.entries({ ...tags, [stageTag]: stage }))
    Tags.of(stack).add(name, value, { excludeResourceTypes: untaggedSomewhere });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  return { app, stack };
}
