import { createApp } from '../lib/app.ts';
import { ConfigurationError } from '../lib/configuration-error.ts';
import { builtFunctionCode } from '../lib/function-code.ts';

try {
  createApp({ code: builtFunctionCode }).app.synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
