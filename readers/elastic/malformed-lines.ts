import { isDeepStrictEqual } from 'node:util';
import { type Fields, isFields } from './ingest-document.ts';
import { runPipeline } from './pipeline-model.ts';

const readAt = '2026-11-22T16:05:00.000Z';

/** Lines that come of malformed rows, and the parts of the document that show what became of them. */
const lines: readonly (readonly [line: string, expected: Fields])[] = [
  [
    'not JSON',
    { time: readAt, kind: 'pipeline_error', failures: [failureOf('not JSON')], fields: ['error', 'event'] },
  ],
  [
    '{"Date":null,"Email":null,"Action":null,"Action ID":null,"Description":null,"IP Address":null}',
    {
      time: readAt,
      kind: 'event',
      failures: ['unable to parse date [null]'],
      fields: ['error', 'event', 'observer'],
    },
  ],
  [
    '{"Date":"2026-11-22T08:00:00.000Z","Description":[null]}',
    {
      time: '2026-11-22T08:00:00.000Z',
      kind: 'pipeline_error',
      failures: ['null cannot be converted'],
      fields: ['error', 'event'],
    },
  ],
];

/** A malformed row has to become an event that tells of it, and must not be lost. */
export function faultsOfMalformed(pipeline: Fields): string[] {
  return lines.flatMap(([line, expected]) => {
    const { '@timestamp': time, ...fields } = runPipeline(
      pipeline,
      { '@timestamp': readAt, message: line },
      readAt,
    );
    const { event, error } = fields;
    const found = {
      time,
      kind: isFields(event) ? event.kind : undefined,
      failures: isFields(error) ? error.message : undefined,
      fields: Object.keys(fields).sort(),
    };
    const isKept = isFields(event) && event.original === line;
    return isKept && isDeepStrictEqual(found, expected)
      ? []
      : [`pipeline.json: ${line} becomes a wrong event`];
  });
}

function failureOf(line: string): string {
  try {
    JSON.parse(line);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
