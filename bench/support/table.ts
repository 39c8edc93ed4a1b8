/**
 * Tables in Markdown, which are readable on a terminal too.
 *
 * @module
 */

/**
 * Lays out a table: the first column to the left, the others to the right.
 *
 * @param head The names of the columns
 * @param rows The rows, as long as the head
 * @returns The lines of the table
 */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]!.length)));
  const toLine = (row: readonly string[]): string => {
    const cells = row.map((cell, column) => column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!));
    return `| ${cells.join(" | ")} |`;
  };
  const rule = widths.map((width, column) => column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [toLine(head), `| ${rule.join(" | ")} |`, ...rows.map(toLine)].join("\n");
}

/**
 * Writes a number so that three digits or more tell.
 *
 * @param value The number
 * @returns The text: `1.23`, `12.3`, `123`, `12,345`; a dash for what was not measured
 */
export function toNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "-";
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}
