/**
 * The name of sessions in which operators assume the exporter's role. The role's trust policy demands this name, and
 * its permissions deny such a session everything but assuming customers' roles.
 */
export const operatorSession = 'siem-export-verify';
