import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildFunctions, type FunctionName } from './build-functions.ts';

/** The code of each function. A test that does not need the code can use a placeholder. */
export type FunctionCode = Readonly<Record<FunctionName, Code>>;

/** Builds the functions and returns their bundles. */
export function builtFunctionCode(actionsFile: string): FunctionCode {
  const folders = buildFunctions({ actionsFile });
  return {
    dispatcher: Code.fromAsset(folders.dispatcher),
    exporter: Code.fromAsset(folders.exporter),
    watchdog: Code.fromAsset(folders.watchdog),
  };
}
