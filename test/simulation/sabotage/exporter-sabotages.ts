import type { Sabotage } from './sabotage.ts';

/** Faults in how a file is delivered. */
export const exporterSabotages: readonly Sabotage[] = [
  {
    name: 'an account that goes elsewhere without a word',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'begun.deliveredTo !== attempt.place',
        replacement: 'false',
      },
    ],
  },
  {
    name: 'commit before upload',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'const answer = await bucket.create(object, watch);',
        replacement: "bucket.create(object, watch); const answer = { kind: 'created' };",
      },
    ],
  },
  {
    // The condition is each driver's own, which the simulated bucket stands for.
    name: 'overwriting instead of creating',
    edits: [
      {
        file: '../test/simulation/services/cloud.ts',
        text: 'if (present) return existing(key);',
        replacement: '',
      },
      {
        file: '../test/simulation/services/cloud.ts',
        text: 'if (bucket().has(object.key) && chance.chance(0.4)) return readAnswer(existing(object.key));',
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
    name: 'a window with rows is taken for one without',
    edits: [
      {
        file: 'exporter/empty-window.ts',
        text: 'if (!(await packed.isEmpty())) return undefined;',
        replacement: '',
      },
    ],
  },
  {
    name: 'a window without rows forgets the object that an earlier attempt may have created',
    edits: [
      {
        file: 'exporter/empty-window.ts',
        text: ' || mayExist',
        replacement: '',
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
        text: '    token,\n    place:',
        replacement: "    token: 'same',\n    place:",
      },
    ],
  },
  {
    name: 'a failure clears the attempt although its outcome is unknown',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'became: kind',
        replacement: "became: 'refused'",
      },
    ],
  },
  {
    name: 'an unclear rejection forgotten at the second upload',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'composed(first.answer, second.answer)',
        replacement: 'second.answer',
      },
    ],
  },
  {
    name: 'a refusal after an unclear answer counts as refused',
    edits: [
      {
        file: 'buckets/bucket.ts',
        text: "if (later.kind === 'refused') return unclear(later.failure);",
        replacement: '',
      },
    ],
  },
  {
    name: 'an object that exists after an unclear answer is as any other',
    edits: [{ file: 'buckets/bucket.ts', text: '{ ...later, afterUnclear: true }', replacement: 'later' }],
  },
  // How a driver reads an answer is each driver's own, which the simulated clouds' one way stands for.
  {
    name: 'a status taken for a meaning',
    edits: [
      {
        file: '../test/simulation/services/cloud-answers.ts',
        text: 'if (saysThatItExists.has(words))',
        replacement: 'if (status === 412 || status === 409)',
      },
    ],
  },
  {
    name: 'a write that is forbidden always counts as refused',
    edits: [
      {
        file: '../test/simulation/services/cloud-answers.ts',
        text: 'if (saysThatItExists.has(words))',
        replacement: 'if (status !== 403 && saysThatItExists.has(words))',
      },
    ],
  },
  {
    name: 'a success that cannot be read counts as one',
    edits: [
      {
        file: '../test/simulation/services/cloud-answers.ts',
        text: 'if (words === undefined || status >= 500)',
        replacement: "words ??= ''; if (status >= 500)",
      },
    ],
  },
  {
    name: 'a server error counts as refused',
    edits: [
      {
        file: '../test/simulation/services/cloud-answers.ts',
        text: 'return unclear(new ExportError(',
        replacement: 'return refused(new ExportError(',
      },
    ],
  },
  {
    name: 'an upload that goes on although another exporter has taken over',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: '  upload.isSuperseded = true;\n',
        replacement: '  return;\n',
      },
    ],
  },
  {
    name: 'an account that is leased is exported all the same',
    edits: [
      {
        file: 'domain/cursor.ts',
        text: 'return last > now ? last : undefined;',
        replacement: 'return undefined;',
      },
    ],
  },
  {
    name: 'a message that waits is taken for done',
    edits: [
      {
        file: 'exporter/export-batch.ts',
        text: 'return isReplaced;',
        replacement: 'return true;',
      },
    ],
  },
  {
    name: 'a retry that waits for the attempt that failed',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'window: intent.window, ...(ended && { ended })',
        replacement: 'window: intent.window',
      },
    ],
  },
  {
    name: 'a silence that suspends nothing',
    world: 'fairness',
    edits: [
      {
        file: 'exporter/admit.ts',
        text: 'const admission = admissionOf(seen, asker, now);',
        replacement: "const admission = { kind: 'free', patience: 5000 };",
      },
    ],
  },
  {
    name: 'a silence that is never over',
    world: 'fairness',
    edits: [
      {
        file: 'exporter/admit.ts',
        text: "admission.kind === 'wait' || !(await isPermitted(admission))",
        replacement: "admission.kind !== 'free'",
      },
    ],
  },
  {
    name: 'one customer’s bucket suspends its region',
    world: 'fairness',
    edits: [
      {
        file: 'domain/silence.ts',
        text: 'const bucketsInTrouble = 3;',
        replacement: 'const bucketsInTrouble = 1;',
      },
      {
        file: 'domain/silence.ts',
        text: 'asked > answeredAt && now - ended >= objectionTime',
        replacement: 'true',
      },
    ],
  },
  {
    name: 'accounts of a silent region that leave no permit to those due later',
    world: 'fairness',
    edits: [
      {
        file: 'domain/silence.ts',
        text: "asker.lastError?.code === 'region_silent' ? 'again' : 'first'",
        replacement: "'again'",
      },
    ],
  },
  {
    name: 'accounts that are patient with a region in trouble',
    world: 'fairness',
    edits: [
      {
        file: 'domain/silence.ts',
        text: 'const shortPatience = 1_000;',
        replacement: 'const shortPatience = 5_000;',
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
        text: 'retryDelay(message.messageId, received));\n      return false;',
        replacement: '60);\n      return true;',
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
        text: 'const wait = ahead + settings.settle;',
        replacement: 'const wait = ahead;',
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
