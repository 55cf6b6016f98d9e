/** The minutes of each hour at which each function is triggered. */
export const triggerMinutes = {
  /** Every quarter of an hour, because zones such as +05:30, +05:45 and +12:45 have boundaries off the hour. */
  tick: [0, 15, 30, 45],
  /** Ten minutes after a tick: usually longer than the settle time and an export together. */
  watch: [40],
} as const;

export type TriggerName = keyof typeof triggerMinutes;

/** The name of the rule that triggers at this minute of each hour. */
export function ruleName(stage: string, trigger: TriggerName, minute: number): string {
  return `siem-export-${stage}-${trigger}-at-${String(minute).padStart(2, '0')}`;
}
