import type { Sabotage } from './sabotage.ts';

/** Faults in when a window is read, and in what is told of rows that come after that. */
export const recountSabotages: readonly Sabotage[] = [
  {
    name: 'a settle time cut at what SQS holds back',
    edits: [
      {
        file: 'exporter/export-account.ts',
        text: 'const wait = ahead + settings.settle;',
        replacement: 'const wait = ahead + Math.min(settings.settle, longestDelay * 1000);',
      },
    ],
  },
  {
    name: 'a message held back for longer than SQS can',
    edits: [
      {
        file: 'dispatcher/dispatch.ts',
        text: 'settleSeconds, longestDelay);',
        replacement: 'settleSeconds);',
      },
    ],
  },
  {
    name: 'the recount noted before its event',
    edits: [
      {
        file: 'exporter/recount.ts',
        text: 'await events.recordedLate(accountId, window, late);',
        replacement:
          'await ledger.noteRecounted(accountId, window.end); await events.recordedLate(accountId, window, late);',
      },
    ],
  },
  {
    name: 'a recount that is not noted',
    edits: [
      {
        file: 'exporter/recount.ts',
        text: 'await ledger.noteRecounted(accountId, window.end);',
        replacement: '',
      },
    ],
  },
  {
    name: 'the note of a recount is a write like any other',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: "'SET recountedThrough = :through'",
        replacement: "'SET recountedThrough = :through, lastWrite = :through'",
      },
    ],
  },
  {
    name: 'the note of a recount changes the version',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: "'SET recountedThrough = :through'",
        replacement: "'SET recountedThrough = :through, version = version + :one'",
      },
      {
        file: 'aws/ledger.ts',
        text: "values({ ':through': toIso(through) }),",
        replacement: "values({ ':through': toIso(through), ':one': 1 }),",
      },
    ],
  },
  {
    name: 'windows counted again as soon as they are delivered',
    edits: [
      {
        file: 'exporter/recount.ts',
        text: 'Math.min(tick - recountAfter, exportedThrough)',
        replacement: 'Math.min(tick, exportedThrough)',
      },
    ],
  },
  {
    name: 'windows that were read in time not counted again',
    edits: [
      {
        file: 'exporter/recount.ts',
        text: 'readAt < window.end + recountAfter',
        replacement: 'readAt < window.end',
      },
    ],
  },
  {
    name: 'a recount compared with the last part alone',
    edits: [
      { file: 'aws/ledger.ts', text: 'records += file.records;', replacement: 'records = file.records;' },
    ],
  },
  {
    name: 'a recount of the first page alone',
    edits: [
      {
        file: 'aws/audit-log.ts',
        text: 'while (query.ExclusiveStartKey !== undefined)',
        replacement: 'while (false)',
      },
    ],
  },
  {
    name: 'a recount with the next window’s first row',
    edits: [
      {
        file: 'aws/audit-log.ts',
        text: 'return rows - (await countBetween(accountId, { start: end, end }, signal));',
        replacement: 'return rows;',
      },
    ],
  },
  {
    name: 'deleted rows told as late',
    edits: [{ file: 'exporter/recount.ts', text: 'if (late > 0)', replacement: 'if (late !== 0)' }],
  },
  {
    name: 'a recount that fails fails the export',
    edits: [
      {
        file: 'exporter/recount.ts',
        text: '} catch (thrown) {',
        replacement: '} catch (thrown) { throw thrown;',
      },
    ],
  },
  {
    name: 'a recount before what is owed',
    edits: [
      {
        file: 'exporter/export-account.ts',
        text: 'let cursor = from;\n',
        replacement: 'let cursor = from; await isRecounted(account, from, false);\n',
      },
    ],
  },
];
