/**
 * Line charts over time as SVG, one panel a server, readable on light and dark pages.
 *
 * @module
 */

/** One line of a panel. */
export interface Line {
  /** What it is, with its unit. */
  readonly label: string;
  /** Which of the two colours it has. */
  readonly tone: "memory" | "heap";
  /** Its points; x in minutes. */
  readonly points: readonly (readonly [minutes: number, value: number])[];
}

/** One panel. */
export interface ChartPanel {
  /** Its name. */
  readonly title: string;
  /** Its lines, which share a scale from 0. */
  readonly lines: readonly Line[];
}

const WIDTH = 820;
const MARGIN = 16;
const AXIS = 56;
const PLOT_WIDTH = WIDTH - AXIS - 2 * MARGIN;
const PLOT_HEIGHT = 120;
const PANEL_HEIGHT = PLOT_HEIGHT + 64;
const TITLE_HEIGHT = 44;

const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.page { fill: #ffffff }
.axis { stroke: #afb8c1; fill: none }
polyline { fill: none; stroke-width: 1.5 }
.memory { stroke: #0969da }
.heap { stroke: #bf8700 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .page { fill: #0d1117 }
  .axis { stroke: #6e7681 }
  .memory { stroke: #58a6ff }
  .heap { stroke: #d29922 }
}
</style>`;

/**
 * Draws a chart.
 *
 * @param title What it is
 * @param panels The panels, one below the other
 * @returns The SVG
 */
export function lineChart(title: string, panels: readonly ChartPanel[]): string {
  const height = TITLE_HEIGHT + panels.length * PANEL_HEIGHT + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">`,
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="28">${title}</text>`,
    ...panels.map((panel, index) => drawPanel(panel, TITLE_HEIGHT + index * PANEL_HEIGHT)),
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, lines }: ChartPanel, y: number): string {
  const all = lines.flatMap(({ points }) => points);
  const minutes = Math.max(...all.map(([x]) => x));
  const most = Math.max(...all.map(([, value]) => value)) * 1.1;
  const left = MARGIN + AXIS;
  const top = y + 24;
  const bottom = top + PLOT_HEIGHT;
  const drawn = lines.map(({ tone, points }) => {
    const at = points.map(([x, value]) =>
      `${round(left + PLOT_WIDTH * x / minutes)},${round(bottom - PLOT_HEIGHT * value / most)}`
    );
    return `<polyline class="${tone}" points="${at.join(" ")}"/>`;
  });
  const legend = lines.map(({ tone, label }, index) => {
    const x = left + 180 * (index + 1);
    return `<path class="${tone}" d="M${x} ${y + 10}h20"/><text x="${x + 26}" y="${y + 14}">${label}</text>`;
  });
  return [
    `<text class="title" x="${left}" y="${y + 14}">${title}</text>`,
    ...legend,
    `<path class="axis" d="M${left} ${top}V${bottom}H${left + PLOT_WIDTH}"/>`,
    `<text x="${left - 6}" y="${top + 10}" text-anchor="end">${Math.round(most)}</text>`,
    `<text x="${left - 6}" y="${bottom}" text-anchor="end">0</text>`,
    `<text x="${left + PLOT_WIDTH}" y="${bottom + 16}" text-anchor="end">${round(minutes)} minutes</text>`,
    ...drawn,
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
