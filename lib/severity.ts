/**
 * The severity of an alarm; each has its own topic. `page`: the cause is ours, and somebody must act now. `ticket`: it
 * can wait until the morning. A problem that a single customer must fix is never more than a ticket.
 */
export const severities = ['page', 'ticket'] as const;
export type Severity = (typeof severities)[number];
