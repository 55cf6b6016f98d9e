import { source } from './names.ts';

/** Variables that are added to the forwarder's. Without them it guesses a source from the file's key. */
export const forwarderEnvironment = { DD_SOURCE: source };
