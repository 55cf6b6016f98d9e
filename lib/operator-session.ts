/**
 * What the sessions are called in which operators come as the exporter. The trust of the exporter's role demands the
 * name, and its policy denies a session of this name everything but assuming customers' roles.
 */
export const operatorSession = 'siem-export-verify';
