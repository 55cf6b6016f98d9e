import { assumptions } from './assumptions.ts';
import { clock, type WaveSummary } from './report.ts';
import type { Wave } from './simulate.ts';

/** The fleet that was simulated. */
export interface Fleet {
  readonly accounts: number;
  readonly rows: number;
  readonly medianRows: number;
  readonly mostRows: number;
}

const size = { width: 900, height: 520 };
const plot = { left: 78, top: 96, width: 792, height: 352 };
const colours = ['#2563eb', '#ea580c', '#16a34a', '#7c3aed'];
const points = 240;
const legendColumns = { exporters: 150, ninetyNine: 210, last: 280, bottleneck: 300 };
const legendWidth = 440;
const legendLine = 24;

/** An SVG with one line for each wave: the share of accounts that have their file, by minutes after midnight. */
export function drawWaves(waves: readonly Wave[], summaries: readonly WaveSummary[], fleet: Fleet): string {
  const last = Math.max(...summaries.map(summary => summary.last));
  const minutesPerLine = [1, 2, 5, 10, 20, 60, 120].find(minutes => last / 60 / minutes <= 14) ?? 240;
  const end = Math.ceil(last / 60 / minutesPerLine) * minutesPerLine * 60;
  const x = (seconds: number) => (plot.left + (seconds / end) * plot.width).toFixed(1);
  const y = (share: number) => (plot.top + (1 - share) * plot.height).toFixed(1);
  const bottom = plot.top + plot.height;
  const middle = plot.top + plot.height / 2;
  const { accounts, rows, medianRows, mostRows } = fleet;
  const title = `${accounts.toLocaleString('en')} accounts share one midnight: who has the file, and when`;
  const subtitle =
    `Simulated from measured figures: ${Math.round(rows / 1e6).toLocaleString('en')} million rows, ` +
    `half of the accounts with fewer than ${medianRows + 1}, the largest with ${mostRows.toLocaleString('en')}`;

  const minutes = Array.from({ length: end / 60 / minutesPerLine + 1 }, (_, index) => index * minutesPerLine);
  const shares = [0, 0.25, 0.5, 0.75, 1];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="13">
  <title id="title">${title}</title>
  <desc id="description">${summaries.map(sentence).join(' ')}</desc>
  <style>
    .grid { stroke: #e2e8f0; }
    .axis { fill: #475569; }
    .word { fill: #0f172a; }
    .wave { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
    .settle { stroke: #94a3b8; stroke-dasharray: 4 4; }
  </style>
  <rect width="${size.width}" height="${size.height}" fill="#ffffff"/>
  <text x="${plot.left}" y="30" font-size="17" font-weight="600" class="word">${title}</text>
  <text x="${plot.left}" y="52" class="axis">${subtitle}</text>
${shares.map(share => `  <path class="grid" d="M${plot.left} ${y(share)}h${plot.width}"/><text class="axis" x="${plot.left - 10}" y="${Number(y(share)) + 4}" text-anchor="end">${share * 100} %</text>`).join('\n')}
${minutes.map(minute => `  <path class="grid" d="M${x(minute * 60)} ${plot.top}v${plot.height}"/><text class="axis" x="${x(minute * 60)}" y="${bottom + 20}" text-anchor="middle">${minute}</text>`).join('\n')}
  <text class="axis" x="${plot.left + plot.width / 2}" y="${bottom + 44}" text-anchor="middle">minutes after midnight</text>
  <text class="axis" transform="translate(22 ${middle}) rotate(-90)" text-anchor="middle">accounts with their file</text>
  <path class="settle" d="M${x(assumptions.settle)} ${plot.top - 8}v${plot.height + 8}"/>
  <text class="axis" x="${x(assumptions.settle)}" y="${plot.top - 14}" text-anchor="middle">rows have settled</text>
${waves.map((wave, index) => drawWave(wave, colourOf(index))).join('\n')}
${drawLegend()}
</svg>
`;

  function drawWave({ deliveredAt }: Wave, colour: string): string {
    const steps = Array.from({ length: points + 1 }, (_, step) => {
      const number = Math.round((step / points) * (deliveredAt.length - 1));
      return `H${x(deliveredAt[number] ?? 0)}V${y((number + 1) / deliveredAt.length)}`;
    });
    return `  <path class="wave" stroke="${colour}" d="M${x(deliveredAt[0] ?? 0)} ${y(0)}${steps.join('')}"/>
  <circle cx="${x(deliveredAt.at(-1) ?? 0)}" cy="${y(1)}" r="5" fill="${colour}"/>`;
  }

  function drawLegend(): string {
    const left = plot.left + plot.width - legendWidth - 12;
    const top = bottom - legendLine * (summaries.length + 1) - 14;
    const height = legendLine * (summaries.length + 1) + 6;
    const row = (cells: readonly string[], line: number, style: string) => {
      const [exporters, ninetyNine, lastFile, bottleneck] = cells;
      const cell = (text: string | undefined, at: number, anchor: string) =>
        `<text class="${style}" x="${left + at}" y="${top + legendLine * line + 20}" text-anchor="${anchor}">${text}</text>`;
      return `  ${cell(exporters, legendColumns.exporters, 'end')}${cell(ninetyNine, legendColumns.ninetyNine, 'end')}${cell(lastFile, legendColumns.last, 'end')}${cell(bottleneck, legendColumns.bottleneck, 'start')}`;
    };
    return [
      `  <rect x="${left}" y="${top}" width="${legendWidth}" height="${height}" fill="#ffffff" stroke="#cbd5e1" rx="4"/>`,
      row(['exporters at once', '99 %', 'last file', 'bottleneck'], 0, 'axis'),
      ...summaries.map((summary, index) => {
        const { concurrency, ninetyNine, last, bottleneck } = summary;
        const cells = [concurrency.toLocaleString('en'), clock(ninetyNine), clock(last), bottleneck];
        const key = `  <path class="wave" stroke="${colourOf(index)}" d="M${left + 14} ${top + legendLine * (index + 1) + 16}h28"/>`;
        return `${key}\n${row(cells, index + 1, 'word')}`;
      }),
    ].join('\n');
  }
}

function colourOf(index: number): string {
  return colours[index % colours.length] ?? '';
}

function sentence({ concurrency, ninetyNine, last }: WaveSummary): string {
  return `With ${concurrency} exporters at once 99 % of the files are there after ${clock(ninetyNine)} and the last after ${clock(last)} minutes.`;
}
