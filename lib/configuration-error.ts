/** The stage's configuration is wrong; the message names every setting at fault and what was expected of it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'configuration_invalid';
}
