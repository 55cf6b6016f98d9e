/**
 * Node's options for the functions and the benchmarks. A young generation of 8 MB (semi-space) limits how much
 * short-lived objects grow the process. Lambda's launcher may set a larger one on Node's command line, which overrides
 * `NODE_OPTIONS`. Nothing depends on the size, and each function has enough memory for both
 * (docs/maintainer/performance.md).
 */
export const runtimeEnvironment = {
  NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=8',
};

/**
 * In MB. It determines the processor time: 1,769 MB gives one processor (docs/maintainer/performance.md explains the
 * choice).
 */
export const exporterMemory = 512;

/**
 * The exporter mostly allocates short-lived buffers. A smaller young generation frees them sooner. With a single malloc
 * arena the C library reuses their memory instead of keeping some for each thread (docs/maintainer/performance.md).
 */
export const exporterRuntimeEnvironment = {
  NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=1',
  MALLOC_ARENA_MAX: '1',
};
