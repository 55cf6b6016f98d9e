import type { Sabotage } from './sabotage.ts';

/** Faults in how a file is delivered. */
export const exporterSabotages: readonly Sabotage[] = [
  {
    name: 'commit before upload',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'return { creation: await bucket.create(object, deadline.signal), packed };',
        replacement:
          "bucket.create(object, deadline.signal).catch(() => undefined); return { creation: 'exists-perhaps-ours', packed };",
      },
    ],
  },
  {
    // The condition is each driver's own, which the simulated bucket stands for.
    name: 'overwriting instead of creating',
    edits: [
      {
        file: '../test/simulation/services/cloud.ts',
        text: "if (present) return 'exists';",
        replacement: '',
      },
      {
        file: '../test/simulation/services/cloud.ts',
        text: 'if (bucket().has(object.key) && chance.chance(0.4)) return existing(object.key);',
        replacement: '',
      },
    ],
  },
  {
    name: 'already exists always counts as delivered',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'if (!mayHaveBeenWritten(present.attempts, attempt))',
        replacement: 'if (false)',
      },
    ],
  },
  {
    name: 'already exists never counts as delivered',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'if (!mayHaveBeenWritten(present.attempts, attempt))',
        replacement: 'if (true)',
      },
    ],
  },
  {
    name: 'the same name for every attempt',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'attemptAt(placeName(intent.recipe.place), token)',
        replacement: "attemptAt(placeName(intent.recipe.place), 'same')",
      },
    ],
  },
  {
    name: 'a failure clears the attempt although its outcome is unknown',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'failure.wroteNothing || askedForNone ? attempt : undefined',
        replacement: 'attempt',
      },
    ],
  },
  {
    name: 'an unclear rejection forgotten at the second upload',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: "perhapsOurs ? 'exists-perhaps-ours' : creation",
        replacement: 'creation',
      },
    ],
  },
  {
    name: 'a full part taken for the last',
    edits: [{ file: 'exporter/cut-part.ts', text: 'final = false;', replacement: 'final = true;' }],
  },
  {
    name: 'told only after the cursor moved',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: '    await ports.events.delivered(accountId, file);\n',
        replacement: '',
      },
      {
        file: 'exporter/deliver-part.ts',
        text: 'ports.telemetry.delivered(accountId, file);',
        replacement:
          'await ports.events.delivered(accountId, file); ports.telemetry.delivered(accountId, file);',
      },
    ],
  },
  {
    name: 'a retry that swallows the error',
    edits: [
      {
        file: 'exporter/export-batch.ts',
        text: 'await postpone(message);\n      return false;',
        replacement: 'return true;',
      },
    ],
  },
  {
    name: 'partial batch failure ignored',
    edits: [
      {
        file: 'exporter/export-batch.ts',
        text: 'return { batchItemFailures };',
        replacement: 'return { batchItemFailures: [] };',
      },
    ],
  },
  {
    name: 'settle time ignored',
    edits: [
      {
        file: 'exporter/export-account.ts',
        text: 'const wait = message.tick + settings.settle - ports.clock.now();',
        replacement: 'const wait = message.tick - ports.clock.now();',
      },
      {
        file: 'dispatcher/dispatch.ts',
        text: 'const left = Math.ceil((tick - now) / 1000) + settleSeconds;',
        replacement: 'const left = Math.ceil((tick - now) / 1000);',
      },
    ],
  },
  {
    name: 'the rest not queued again',
    edits: [
      {
        file: 'exporter/export-account.ts',
        text: "if (outcome === 'continued') return requeue(outcome, 0);",
        replacement: "if (outcome === 'continued') return outcome;",
      },
    ],
  },
  {
    name: 'cursor not created at first sight',
    edits: [
      {
        file: 'exporter/export-account.ts',
        text: '(schedule && (await',
        replacement: '(schedule && (checkAccount(record) instanceof ExportError ? undefined : await',
      },
    ],
  },
  {
    name: 'secret never read again',
    edits: [
      {
        file: 'exporter/buckets.ts',
        text: 'if (secret === opened?.secret) return undefined;',
        replacement: 'return undefined;',
      },
    ],
  },
  {
    name: 'a whole window in memory',
    edits: [
      {
        file: 'exporter/pack-part.ts',
        text: 'lines: rows.lines,',
        replacement:
          'lines: (async function* () { const all = []; for await (const chunk of rows.lines) all.push(Uint8Array.from(chunk)); yield* all; })(),',
      },
    ],
  },
];
