/**
 * How grave an alarm is, and whom it tells. Page: what is ours and needs somebody now. Ticket: it can wait for the
 * morning, and what a single customer has to mend is never more.
 */
export const severities = ['page', 'ticket'] as const;
export type Severity = (typeof severities)[number];
