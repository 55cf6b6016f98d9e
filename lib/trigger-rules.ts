/** The minutes of every hour at which each function is triggered. */
export const triggerMinutes = {
  /** Boundaries are off the hour in zones such as +05:30, +05:45 and +12:45. */
  tick: [0, 15, 30, 45],
  /** Between two ticks, and longer after the one before than rows usually settle and exports take. */
  watch: [40],
} as const;

export type TriggerName = keyof typeof triggerMinutes;

/** What the rule is called that triggers at a minute of every hour. */
export function ruleName(stage: string, trigger: TriggerName, minute: number): string {
  return `siem-export-${stage}-${trigger}-at-${String(minute).padStart(2, '0')}`;
}
