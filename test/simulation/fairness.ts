import { measureFairness } from './fairness/scenarios.ts';

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`.padStart(8);

console.log(
  '2,000 accounts due at one instant, 50 exporters. What each trouble costs the healthy, p99 of the delay:',
);
console.log(`${''.padEnd(58)}healthy   without     with   ratio   bar  met silence  recovery  late`);
const outcomes = await measureFairness(
  ({ name, healthy, calm, troubled, ratio, bar, silences, recovery, late }) =>
    console.log(
      `${name.padEnd(58)}${String(healthy).padStart(7)}  ${seconds(calm)} ${seconds(troubled)}  ${ratio.toFixed(2).padStart(6)}  ${bar.toFixed(1).padStart(4)}  ${String(silences).padStart(11)}  ${recovery === undefined ? ''.padStart(8) : seconds(recovery)}  ${String(late).padStart(4)}`,
    ),
);
for (const { rule, text } of outcomes.flatMap(({ violations }) => violations))
  console.log(`${rule}: ${text}`);
process.exitCode = outcomes.some(
  ({ ratio, bar, late, violations }) => ratio > bar || late > 0 || violations.length > 0,
)
  ? 1
  : 0;
