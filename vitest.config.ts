import { defineConfig } from 'vitest/config';

/** One project a kind of test, so that `npm run contract` and the like can run theirs alone. */
const project = (name: string, timeoutSeconds: number, options: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    ...options,
    testTimeout: timeoutSeconds * 1000,
    hookTimeout: timeoutSeconds * 1000,
  },
});

export default defineConfig({
  test: {
    // Much of the time goes by in waiting for servers, so both cores of a small machine are used.
    maxWorkers: 2,
    reporters: ['default', './test/closing-line-reporter.ts'],
    // Loading the CDK and the SDKs takes seconds, so the files of a worker share one load; the simulation stays alone.
    projects: [
      project('unit', 60, { isolate: false }),
      project('property', 120, { isolate: false }),
      project('contract', 120, { isolate: false }),
      project('stack', 120, { isolate: false }),
      project('end-to-end', 300, { isolate: false }),
      project('readers', 120, { include: ['readers/**/*.test.ts'], isolate: false }),
      project('simulation', 300),
      // Whether the benchmarks still run: minutes of all cores, so `npm run test:bench` and not every test run.
      project('bench', 300),
    ],
  },
});
