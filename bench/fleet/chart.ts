import { assumptions } from './assumptions.ts';
import { clock } from './report.ts';
import type { Wave } from './simulate.ts';

const plot = { left: 70, top: 64, width: 800, height: 320 };
const colours = ['#2563eb', '#ea580c', '#16a34a', '#7c3aed'];
const points = 240;

/** How many of the accounts have their file, by minutes after midnight: one line for each wave, as an SVG. */
export function drawWaves(waves: readonly Wave[], accounts: number): string {
  const last = Math.max(...waves.map(({ deliveredAt }) => deliveredAt.at(-1) ?? 0));
  const minutesPerLine = [1, 2, 5, 10, 20, 60, 120].find(minutes => last / 60 / minutes <= 14) ?? 240;
  const end = Math.ceil(last / 60 / minutesPerLine) * minutesPerLine * 60;
  const x = (seconds: number) => (plot.left + (seconds / end) * plot.width).toFixed(1);
  const y = (share: number) => (plot.top + (1 - share) * plot.height).toFixed(1);
  const title = `${accounts.toLocaleString('en')} accounts, one midnight: whose file is delivered when`;

  const minutes = Array.from({ length: end / 60 / minutesPerLine + 1 }, (_, index) => index * minutesPerLine);
  const shares = [0, 0.25, 0.5, 0.75, 1];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 460" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="13">
  <title id="title">${title}</title>
  <style>
    .grid { stroke: #e2e8f0; }
    .axis { fill: #475569; }
    .wave { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
    .settle { stroke: #94a3b8; stroke-dasharray: 4 4; }
  </style>
  <rect width="900" height="460" fill="#ffffff"/>
  <text x="${plot.left}" y="28" font-size="16" font-weight="600" fill="#0f172a">${title}</text>
${shares.map(share => `  <path class="grid" d="M${plot.left} ${y(share)}h${plot.width}"/><text class="axis" x="${plot.left - 10}" y="${Number(y(share)) + 4}" text-anchor="end">${share * 100} %</text>`).join('\n')}
${minutes.map(minute => `  <path class="grid" d="M${x(minute * 60)} ${plot.top}v${plot.height}"/><text class="axis" x="${x(minute * 60)}" y="${plot.top + plot.height + 20}" text-anchor="middle">${minute}</text>`).join('\n')}
  <text class="axis" x="${plot.left + plot.width / 2}" y="${plot.top + plot.height + 44}" text-anchor="middle">minutes after midnight</text>
  <path class="settle" d="M${x(assumptions.settle)} ${plot.top - 8}v${plot.height + 8}"/>
  <text class="axis" x="${x(assumptions.settle)}" y="${plot.top - 12}" text-anchor="middle">rows have settled</text>
${waves.map((wave, index) => drawWave(wave, colours[index % colours.length] ?? '', index)).join('\n')}
</svg>
`;

  function drawWave({ concurrency, deliveredAt }: Wave, colour: string, index: number): string {
    const steps = Array.from({ length: points + 1 }, (_, step) => {
      const number = Math.round((step / points) * (deliveredAt.length - 1));
      return `H${x(deliveredAt[number] ?? 0)}V${y((number + 1) / deliveredAt.length)}`;
    });
    const ended = deliveredAt.at(-1) ?? 0;
    const legend = plot.top + plot.height - 20 - 24 * (waves.length - 1 - index);
    const words = `${concurrency.toLocaleString('en')} exporters at once: last file ${clock(ended)}`;
    return `  <path class="wave" stroke="${colour}" d="M${x(deliveredAt[0] ?? 0)} ${y(0)}${steps.join('')}"/>
  <circle cx="${x(ended)}" cy="${y(1)}" r="5" fill="${colour}"/>
  <path class="wave" stroke="${colour}" d="M${plot.left + plot.width - 292} ${legend - 4}h24"/><text x="${plot.left + plot.width - 260}" y="${legend}" fill="#0f172a">${words}</text>`;
  }
}
