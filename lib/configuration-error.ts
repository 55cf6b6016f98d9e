/** The stage's configuration is wrong. The message names every wrong setting and the expected value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration_invalid';
}
