import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildFunctions, type FunctionName } from './build-functions.ts';

/** What each function runs: the built bundles, or anything else in a test that does not look at code. */
export type FunctionCode = Readonly<Record<FunctionName, Code>>;

/** Builds the functions now, and takes the bundles. */
export function builtFunctionCode(): FunctionCode {
  const folders = buildFunctions();
  return {
    dispatcher: Code.fromAsset(folders.dispatcher),
    exporter: Code.fromAsset(folders.exporter),
    watchdog: Code.fromAsset(folders.watchdog),
  };
}
