import { devNull } from 'node:os';

type Environment = Record<string, string | undefined>;

/** The user’s own AWS configuration files must not influence local mode. */
const withoutAwsFiles = { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };

/** A function’s variables, and those that direct its SDKs to the local servers. */
export function functionEnvironment(
  variables: Readonly<Record<string, string>>,
  ...servers: readonly Readonly<Record<string, string>>[]
): Record<string, string> {
  // Node reads NODE_OPTIONS at the start of a process; it has no effect on a thread.
  const { NODE_OPTIONS: _, ...own } = variables;
  return Object.assign({}, own, withoutAwsFiles, ...servers);
}

/** Removes the variables that could send requests for the local servers elsewhere. */
export function forgetCloudSettings(environment: Environment): void {
  for (const name of Object.keys(environment))
    if (/^AWS_|^(https?|all)_proxy$/i.test(name)) delete environment[name];
  Object.assign(environment, withoutAwsFiles);
}
