import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with the one plain line that machines read: `N passed, N failed`. A file that could not run counts as failed. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) test.result().state === 'passed' ? passed++ : failed++;
      if (!module.ok() && tests.every(test => test.result().state === 'passed')) failed++;
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
}
