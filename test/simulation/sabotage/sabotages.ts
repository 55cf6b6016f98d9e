import { dispatcherSabotages } from './dispatcher-sabotages.ts';
import { exporterSabotages } from './exporter-sabotages.ts';
import { ledgerSabotages } from './ledger-sabotages.ts';
import { recountSabotages } from './recount-sabotages.ts';
import type { Sabotage } from './sabotage.ts';

/** Faults that somebody could make, each of which the simulator has to notice. */
export const sabotages: readonly Sabotage[] = [
  ...exporterSabotages,
  ...ledgerSabotages,
  ...dispatcherSabotages,
  ...recountSabotages,
];
