import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { AuditLogSource } from '../../../lambdas/environment.ts';
import { deliveredForm, judgeRows, keyRemedy } from '../../stage/audit-log/judge-rows.ts';
import type { rowsOfAccount } from '../../stage/audit-log/sampled-rows.ts';
import type { Step } from '../../stage/bucket/steps.ts';

/** A row may have 400 KB. */
const longestShown = 2_000;

export interface SampledRows {
  readonly rows: Awaited<ReturnType<typeof rowsOfAccount>>;
  readonly source: AuditLogSource;
  readonly now: Instant;
  /**
   * True if only this account is verified. Then its newest record, which is customer data, and missing attributes are
   * shown. Some accounts never have certain attributes, so for many accounts `doctor` looks at all rows together.
   */
  readonly alone: boolean;
}

/** Checks on the newest rows of an account what its records will look like. */
export function auditRowSteps({ rows, source, now, alone }: SampledRows): Step[] {
  const name = 'the audit log has rows of the account';
  if (!Array.isArray(rows)) {
    if (rows.reason !== 'other-keys')
      return [
        {
          name,
          outcome: 'unknown',
          detail: 'you have no permission to read the table, or it does not exist',
        },
      ];
    return [
      {
        name: 'the audit log has the keys that the stage configures',
        outcome: 'wrong',
        detail: rows.words,
        remedy: `set auditLog.partitionKey (now ${source.partitionKey}) and auditLog.sortKey (now ${source.sortKey}) to the table’s own`,
      },
    ];
  }
  const [newest] = rows;
  if (newest === undefined)
    return [
      {
        name,
        outcome: 'warning',
        detail:
          'it has none: files stay empty until there are rows; compare the account’s id with the audit log',
      },
    ];
  const { unreadableKeys, futureKeys, absentAttributes } = judgeRows(rows, source, now);
  return [
    stepOf('its rows have sort keys in the configured form', 'wrong', unreadableKeys, keyRemedy(source)),
    stepOf('its rows were recorded in the past', 'warning', futureKeys, 'write sort keys in UTC'),
    ...(alone
      ? [
          stepOf(
            'its rows have the attributes that are delivered',
            'warning',
            absentAttributes,
            'compare with auditLog.attributes in the configuration of the stage',
          ),
          recordStep(deliveredForm(newest, source)),
        ]
      : []),
  ];
}

function stepOf(
  name: string,
  otherwise: 'wrong' | 'warning',
  fault: string | undefined,
  remedy: string,
): Step {
  return fault === undefined
    ? { name, outcome: 'right' }
    : { name, outcome: otherwise, detail: fault, remedy };
}

function recordStep({ json, malformed }: ReturnType<typeof deliveredForm>): Step {
  return {
    name: 'its newest row, as delivered',
    outcome: malformed ? 'warning' : 'right',
    detail: json.length > longestShown ? `${json.slice(0, longestShown)}…` : json,
    ...(malformed && {
      remedy: 'It is malformed: "rows --malformed" shows what is wrong with such rows of a delivered window',
    }),
  };
}
