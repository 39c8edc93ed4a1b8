/**
 * What was measured, in words: a line for each attack, and the table of tests/README.md.
 *
 * @module
 */

import { toTable } from "../../bench/support/table.ts";
import type { RuntimeName } from "../support/runtimes.ts";
import { toMebibytes, toMs } from "./trial.ts";
import type { Result } from "./war.ts";

/** The results of one runtime. */
export interface Results {
  /** The runtime. */
  readonly runtime: RuntimeName;
  /** Of each attack, in order. */
  readonly results: readonly Result[];
  /** How long a shutdown under siege took, in ms. */
  readonly siegeMs: number;
}

/**
 * Says what an attack has done.
 *
 * @param result What came of it
 * @returns A line, and one more for each try that failed
 */
export function toText({ measures, tries }: Result): string {
  const { quiet, p99, samples, growth, report } = measures;
  const line = `${report.connections} connections: memory ${toMebibytes(growth)} MiB, ` +
    `p99 of others ${toMs(quiet)} -> ${toMs(p99)} ms (${samples}), end ${toMs(report.longestMs)} ms`;
  const failed = tries.filter((faults) => faults.length > 0);
  return [line, ...failed.map((faults, index) => `try ${index + 1}: ${faults.map(({ text }) => text).join("; ")}`)]
    .join("\n");
}

/**
 * Makes the table.
 *
 * @param all The results of each runtime, of the same attacks
 * @returns The table in Markdown
 */
export function toMarkdown(all: readonly Results[]): string {
  const head = ["attack", "id", "held by", ...all.map(({ runtime }) => runtime)];
  const rows = all[0]!.results.map(({ attack, clients }, index) => [
    `${attack.name} (${clients.toLocaleString("en-US")})`,
    attack.id,
    attack.bound,
    ...all.map(({ results }) => toCell(results[index]!)),
  ]);
  const siege = [
    "shutdown under load (30)",
    "D-28",
    "`deadlines.shutdown`",
    ...all.map(({ siegeMs }) => `${toMs(siegeMs)}`),
  ];
  return toTable(head, [...rows, siege]);
}

function toCell({ attack, measures, tries }: Result): string {
  const { quiet, p99, growth, report } = measures;
  const wait = Number.isNaN(p99) ? "-" : `${toMs(quiet)} -> ${toMs(p99)}`;
  const end = attack.deadline === undefined ? "-" : toMs(report.longestMs);
  const mark = tries.at(-1)!.length > 0 ? "FAILED " : "";
  return `${mark}${toMebibytes(growth)}, ${wait}, ${end}`;
}
