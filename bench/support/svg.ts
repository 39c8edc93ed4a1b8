/**
 * Bar charts as SVG: panels of bars, each panel with a scale of its own. They need no font and no style but their own,
 * and are readable on light and dark pages.
 *
 * @module
 */

/** What a bar stands for. */
export type Tone = "ours" | "rival" | "other" | "ceiling";

/** One bar. */
export interface Bar {
  /** Its name. */
  readonly label: string;
  /** How long it is. */
  readonly value: number;
  /** What it says at its end. */
  readonly text: string;
  /** What it stands for. */
  readonly tone: Tone;
}

/** Bars with one scale. */
export interface Panel {
  /** Its name. */
  readonly title: string;
  /** The bars, from top to bottom. */
  readonly bars: readonly Bar[];
}

const WIDTH = 820;
const COLUMNS = 2;
const MARGIN = 16;
const PANEL_WIDTH = (WIDTH - MARGIN) / COLUMNS - MARGIN;
const TITLE_HEIGHT = 44;
const PANEL_TITLE = 24;
const BAR_HEIGHT = 14;
const BAR_STEP = 19;
const LABEL_WIDTH = 96;
const TEXT_WIDTH = 84;

const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.panel { font-weight: 600 }
.page { fill: #ffffff }
.ours { fill: #0969da }
.rival { fill: #bf8700 }
.other { fill: #afb8c1 }
.ceiling { fill: #d8dee4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .page { fill: #0d1117 }
  .ours { fill: #58a6ff }
  .rival { fill: #d29922 }
  .other { fill: #6e7681 }
  .ceiling { fill: #30363d }
}
</style>`;

/**
 * Draws panels of bars.
 *
 * @param title What it is
 * @param panels The panels, laid out in two columns
 * @returns The SVG
 */
export function barCharts(title: string, panels: readonly Panel[]): string {
  const parts: string[] = [];
  let y = TITLE_HEIGHT;
  for (let row = 0; row < panels.length; row += COLUMNS) {
    const beside = panels.slice(row, row + COLUMNS);
    beside.forEach((panel, column) => parts.push(drawPanel(panel, MARGIN + column * (PANEL_WIDTH + MARGIN), y)));
    y += PANEL_TITLE + Math.max(...beside.map(({ bars }) => bars.length)) * BAR_STEP + MARGIN;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escape(title)}">`,
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${y}"/>`,
    `<text class="title" x="${MARGIN}" y="28">${escape(title)}</text>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, bars }: Panel, x: number, y: number): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const room = PANEL_WIDTH - LABEL_WIDTH - TEXT_WIDTH;
  const lines = bars.flatMap(({ label, value, text, tone }, index) => {
    const top = y + PANEL_TITLE + index * BAR_STEP;
    const length = longest > 0 ? Math.max(1, Math.round(room * value / longest)) : 1;
    const start = x + LABEL_WIDTH;
    return [
      `<text x="${start - 8}" y="${top + 11}" text-anchor="end">${escape(label)}</text>`,
      `<rect class="${tone}" x="${start}" y="${top}" width="${length}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<text x="${start + length + 6}" y="${top + 11}">${escape(text)}</text>`,
    ];
  });
  return [`<text class="panel" x="${x}" y="${y + 14}">${escape(title)}</text>`, ...lines].join("\n");
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
