import { devNull } from 'node:os';

type Environment = Record<string, string | undefined>;

/** Files of a person's own AWS setting must neither change what happens here nor be needed for it. */
const withoutAwsFiles = { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };

/** A function's variables and, beside them, what tells its SDKs that the clouds are on this machine. */
export function functionEnvironment(
  variables: Readonly<Record<string, string>>,
  ...servers: readonly Readonly<Record<string, string>>[]
): Record<string, string> {
  // Node reads options when a process starts; a thread has those of its process.
  const { NODE_OPTIONS: _, ...own } = variables;
  return Object.assign({}, own, withoutAwsFiles, ...servers);
}

/** Takes out of this process's environment what would send requests for this machine elsewhere. */
export function forgetCloudSettings(environment: Environment): void {
  for (const name of Object.keys(environment))
    if (/^AWS_|^(https?|all)_proxy$/i.test(name)) delete environment[name];
  Object.assign(environment, withoutAwsFiles);
}
