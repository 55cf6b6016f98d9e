import { afterEach, describe, expect, it, vi } from 'vitest';
import { createExportTelemetry, createInstruments } from '../../../lambdas/aws/telemetry.ts';

describe('what an exporter tells', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  /** An exporter’s telemetry, and the log lines that it writes. */
  function start() {
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const lines: string[] = [];
    for (const method of ['log', 'info', 'warn', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line));
    return { telemetry: createExportTelemetry(createInstruments('dev')), lines };
  }

  it('counts a process whose reads fell back to the SDK’s handler once', () => {
    const { telemetry, lines } = start();
    for (let invocation = 0; invocation < 3; invocation++) {
      telemetry.rawReadFellBack();
      telemetry.rawReadFellBack();
      telemetry.flush();
    }
    const counted = lines.map(line => JSON.parse(line)).filter(line => 'RawReadsFellBack' in line);
    expect(counted).toEqual([expect.objectContaining({ RawReadsFellBack: 1, service: 'siem-export-dev' })]);
  });
});
