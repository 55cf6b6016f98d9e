/**
 * How Node runs the functions, beside each function's own variables; the benchmarks run them so, too. The nursery of
 * 8 MB keeps short-lived objects from growing the process. Lambda's launcher may give a larger one on Node's command
 * line, which goes over `NODE_OPTIONS`: nothing relies on the size, and each function's memory has room for either
 * (docs/maintainer/performance.md).
 */
export const runtimeEnvironment = {
  NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=8',
};

/** In MB. It buys processor time: 1,769 MB are one processor (docs/maintainer/performance.md says why this is enough). */
export const exporterMemory = 512;

/**
 * What the exporter's memory holds is buffers that die young: a smaller nursery frees them sooner, and a single arena of
 * the C library hands their memory out again instead of keeping some for each thread (docs/maintainer/performance.md).
 */
export const exporterRuntimeEnvironment = {
  NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=1',
  MALLOC_ARENA_MAX: '1',
};
